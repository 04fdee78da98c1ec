import PostgresClient
import TellerIntegrationKit
import Testing

@Suite struct `A pipeline` {
  private let next = Statement("next", "SELECT $1 + 1", .int8)
  private let divide = Statement("divide", "SELECT 10 / $1", .int8)
  private let wrong = Statement("wrong", "SELECT * FROM no_such_table")

  private func one(_ value: Int64) -> Parameters {
    var parameters = Parameters()
    parameters.int8(value)
    return parameters
  }

  private func connect() throws -> Connection {
    let server = try TemporaryPostgres.shared
    return try server.connect(server.url)
  }

  /// The answers as words.
  private func words(_ connection: inout Connection, _ count: Int) throws(PostgresError) -> [String] {
    var words: [String] = []
    for _ in 0..<count {
      switch try connection.receive() {
      case .rows(let rows): words.append(rows.commandTag)
      case .failed(let error): words.append(error.sqlState ?? "?")
      case .aborted: words.append("aborted")
      case .synced: words.append("synced")
      }
    }
    return words
  }

  @Test func `skips what follows an error, answers ROLLBACK to the commit, and goes on`() throws {
    var connection = try connect()
    try connection.beginPipeline()
    try connection.sendBegin()
    try connection.send(next, one(1))
    try connection.send(divide, one(0))
    try connection.send(next, one(2))
    try connection.sync()
    try connection.sendCommit()
    try connection.sync()
    try connection.send(next, one(3))
    try connection.sync()
    #expect(
      try words(&connection, 9)
        == ["BEGIN", "SELECT 1", "22012", "aborted", "synced", "ROLLBACK", "synced", "SELECT 1", "synced"])
    try connection.endPipeline()
    #expect(try connection.query(next, one(1)).int8(0, 0) == 2)
  }

  @Test func `prepares again what was skipped with an earlier error`() throws {
    var connection = try connect()
    try connection.beginPipeline()
    try connection.send(divide, one(0))
    try connection.send(next, one(1))  // its preparation is skipped
    try connection.sync()
    try connection.send(next, one(1))  // sent before the skipping is known
    try connection.sync()
    #expect(try words(&connection, 5) == ["22012", "aborted", "synced", "SELECT 1", "synced"])
    try connection.send(next, one(1))
    try connection.sync()
    #expect(try words(&connection, 2) == ["SELECT 1", "synced"])
    try connection.endPipeline()
  }

  @Test func `keeps a statement prepared in a transaction that was rolled back`() throws {
    var connection = try connect()
    try connection.beginPipeline()
    try connection.sendBegin()
    try connection.send(next, one(1))
    try connection.sendRollback()
    try connection.sync()
    #expect(try words(&connection, 4) == ["BEGIN", "SELECT 1", "ROLLBACK", "synced"])
    try connection.endPipeline()
    _ = try connection.query(next, one(1))
    let names = try connection.query(Statement("names", "SELECT name FROM pg_prepared_statements ORDER BY 1"))
    #expect(names.count == 2)
  }

  @Test func `reports a failed preparation as the failure of its statement`() throws {
    var connection = try connect()
    try connection.beginPipeline()
    try connection.send(wrong, Parameters())
    try connection.send(next, one(1))
    try connection.sync()
    #expect(try words(&connection, 3) == ["42P01", "aborted", "synced"])
    try connection.endPipeline()
    try connection.execute("CREATE TEMP TABLE no_such_table ()")
    #expect(try connection.query(wrong).count == 0)
  }

  @Test func `prepares again after DISCARD ALL has been noticed`() throws {
    var connection = try connect()
    _ = try connection.query(next, one(1))
    try connection.execute("DISCARD ALL")
    #expect(throws: PostgresError.self) { _ = try connection.query(next, one(1)) }
    #expect(try connection.query(next, one(1)).int8(0, 0) == 2)
  }

  @Test func `of fifty megabytes each way does not deadlock`() throws {
    var connection = try connect()
    connection.deadline = .seconds(30)
    let echo = Statement("echo", "SELECT $1", .bytea)
    var parameters = Parameters()
    parameters.bytea([UInt8](repeating: 7, count: 1 << 19))
    try connection.beginPipeline()
    for _ in 0..<100 { try connection.send(echo, parameters) }
    try connection.sync()
    var bytes = 0
    for _ in 0..<100 {
      if case .rows(let rows) = try connection.receive() {
        bytes += try rows.withBytes(0, 0) { (span: RawSpan) throws(PostgresError) in span.byteCount }
      }
    }
    #expect(bytes == 100 << 19)
    #expect(try words(&connection, 1) == ["synced"])
    try connection.endPipeline()
  }

  @Test func `closes on COPY instead of spinning`() throws {
    var connection = try connect()
    try connection.execute("CREATE TEMP TABLE c (a int)")
    try connection.beginPipeline()
    try connection.send(sql: "COPY c FROM STDIN")
    try connection.sync()
    do throws(PostgresError) {
      _ = try connection.receive()
      Issue.record("an answer came")
    } catch {
      #expect(error.isConnectionLost && error.hint?.contains("COPY") == true)
    }
  }

  @Test func `is drained after it was abandoned`() throws {
    var connection = try connect()
    try connection.beginPipeline()
    try connection.sendBegin()
    try connection.send(divide, one(0))
    try connection.drain()
    let status = connection.transactionStatus
    #expect(status == .failed)
    try connection.sendRollback()
    try connection.sync()
    #expect(try words(&connection, 2) == ["ROLLBACK", "synced"])
    try connection.endPipeline()
  }

  @Test func `used out of order is a usage error and stays usable`() throws {
    var connection = try connect()
    func usage(_ body: () throws(PostgresError) -> Void) {
      do throws(PostgresError) {
        try body()
        Issue.record("it was allowed")
      } catch {
        #expect(error.kind == .usage)
      }
    }
    usage { () throws(PostgresError) in try connection.send(next, one(1)) }
    usage { () throws(PostgresError) in _ = try connection.receive() }
    try connection.beginPipeline()
    usage { () throws(PostgresError) in try connection.execute("SELECT 1") }
    try connection.send(next, one(1))
    usage { () throws(PostgresError) in _ = try connection.receive() }
    usage { () throws(PostgresError) in try connection.endPipeline() }
    try connection.drain()
    try connection.endPipeline()
    #expect(try connection.query(next, one(1)).int8(0, 0) == 2)
  }
}
