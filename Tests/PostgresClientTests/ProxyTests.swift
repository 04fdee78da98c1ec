import PostgresClient
import TellerIntegrationKit
import Testing

@Suite struct `A proxy in front of PostgreSQL` {
  private let insert = Statement("insert", "INSERT INTO mark VALUES ($1)", .int4)
  private let count = Statement("count", "SELECT count(*) FROM mark")

  private func bench() throws -> (PostgresProxy, direct: String, proxied: String) {
    let server = try TemporaryPostgres.shared
    let name = try server.createDatabaseName("proxy")
    let proxy = try PostgresProxy(to: server)
    var direct = try server.connect(server.url(database: name))
    try direct.execute("CREATE TABLE mark (id int PRIMARY KEY)")
    return (proxy, server.url(database: name), server.tcpURL(database: name, port: proxy.port))
  }

  /// Inserts one row in a transaction of one segment; returns the tag of COMMIT.
  private func transact(_ connection: inout Connection) throws(PostgresError) -> String? {
    var parameters = Parameters()
    parameters.int4(1)
    try connection.beginPipeline()
    try connection.sendBegin()
    try connection.send(insert, parameters)
    try connection.sendCommit()
    try connection.sync()
    var tag: String?
    for _ in 0..<3 { if case .rows(let rows) = try connection.receive() { tag = rows.commandTag } }
    _ = try connection.receive()
    try connection.endPipeline()
    return tag
  }

  private func rows(_ url: String) throws -> Int64 {
    var connection = try TemporaryPostgres.shared.connect(url)
    return try connection.query(count).int8(0, 0)
  }

  @Test func `forwards everything`() throws {
    let (proxy, direct, proxied) = try bench()
    var connection = try TemporaryPostgres.shared.connect(proxied)
    #expect(try transact(&connection) == "COMMIT")
    #expect(try rows(direct) == 1)
    #expect(proxy.acceptedConnections == 1)
  }

  @Test func `cuts before the commit`() throws {
    let (proxy, direct, proxied) = try bench()
    var connection = try TemporaryPostgres.shared.connect(proxied)
    proxy.onNextCommit(.cutBeforeForwarding)
    do throws(PostgresError) {
      _ = try transact(&connection)
      Issue.record("the commit was answered")
    } catch {
      #expect(error.isConnectionLost)
    }
    let isBroken = connection.isBroken
    #expect(isBroken)
    #expect(try rows(direct) == 0)
  }

  @Test func `cuts after the commit and before its answer`() throws {
    let (proxy, direct, proxied) = try bench()
    var connection = try TemporaryPostgres.shared.connect(proxied)
    proxy.onNextCommit(.cutBeforeReply)
    do throws(PostgresError) {
      _ = try transact(&connection)
      Issue.record("the commit was answered")
    } catch {
      #expect(error.isConnectionLost)
    }
    #expect(try rows(direct) == 1)
  }

  @Test func `holds a commit until the client has come back`() throws {
    let (proxy, direct, proxied) = try bench()
    var connection = try TemporaryPostgres.shared.connect(proxied)
    proxy.onNextCommit(.cutAndHold)
    do throws(PostgresError) {
      _ = try transact(&connection)
      Issue.record("the commit was answered")
    } catch {
      #expect(error.isConnectionLost)
    }
    #expect(proxy.waitForCommitFault())
    #expect(try rows(proxied) == 0)
    #expect(proxy.forwardHeldCommit())
    #expect(try rows(direct) == 1)
  }

  @Test func `keeps answers back, which the deadline notices`() throws {
    let (proxy, _, proxied) = try bench()
    var connection = try TemporaryPostgres.shared.connect(proxied)
    connection.deadline = .milliseconds(200)
    proxy.holdReplies(true)
    defer { proxy.forwardEverything() }
    do throws(PostgresError) {
      _ = try transact(&connection)
      Issue.record("an answer came")
    } catch {
      #expect(error.isConnectionLost)
      #expect(error.message.contains("silent"))
    }
    let isBroken = connection.isBroken
    #expect(isBroken)
  }

  @Test func `drops connections and refuses further ones`() throws {
    let (proxy, _, proxied) = try bench()
    var connection = try TemporaryPostgres.shared.connect(proxied)
    proxy.refuseConnections(true)
    proxy.dropConnections()
    do throws(PostgresError) {
      _ = try connection.query(count)
      Issue.record("an answer came")
    } catch {
      #expect(error.isConnectionLost && error.sqlState == nil)
    }
    #expect(throws: PostgresError.self) { _ = try TemporaryPostgres.shared.connect(proxied) }
  }
}
