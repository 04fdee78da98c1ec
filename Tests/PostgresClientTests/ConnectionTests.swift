import Foundation
import PostgresClient
import TellerIntegrationKit
import Testing

@Suite struct `A connection` {
  private let select = Statement("select", "SELECT $1 + 1", .int8)

  private func one(_ value: Int64) -> Parameters {
    var parameters = Parameters()
    parameters.int8(value)
    return parameters
  }

  private func connect() throws -> Connection {
    let server = try TemporaryPostgres.shared
    return try server.connect(server.url)
  }

  @Test func `runs a statement and reads its row`() throws {
    var connection = try connect()
    let rows = try connection.query(select, one(20))
    #expect(try rows.int8(0, 0) == 21)
    #expect(rows.commandTag == "SELECT 1")
    #expect(rows.affected == 1)
    let version = connection.serverVersion
    #expect(version >= 150_000)
  }

  @Test func `runs several statements of one text`() throws {
    var connection = try connect()
    let tags = try connection.execute("CREATE TEMP TABLE t (a int); INSERT INTO t VALUES (1), (2); SELECT 1")
    #expect(tags == ["CREATE TABLE", "INSERT 0 2", "SELECT 1"])
    do throws(PostgresError) {
      try connection.execute("SELECT 1; SELECT 1/0; SELECT 2")
      Issue.record("division by zero went through")
    } catch {
      #expect(error.sqlState == "22012")
    }
    #expect(try connection.query(select, one(1)).int8(0, 0) == 2)
  }

  @Test func `shows SQLSTATE, DETAIL, hint and constraint of an error`() throws {
    var connection = try connect()
    try connection.execute(
      "CREATE TEMP TABLE u (a int CONSTRAINT only_once PRIMARY KEY); INSERT INTO u VALUES (1)")
    do throws(PostgresError) {
      _ = try connection.query(Statement("again", "INSERT INTO u VALUES (1)"))
      Issue.record("the duplicate went through")
    } catch {
      #expect(error.sqlState == "23505" && error.constraint == "only_once")
      #expect(!error.isConnectionLost && error.kind == .server)
    }
    let raise = "DO $$ BEGIN RAISE SQLSTATE 'TL001' USING DETAIL = '{\"epoch\":2}', HINT = 'h'; END $$"
    do throws(PostgresError) {
      try connection.execute(raise)
      Issue.record("nothing was raised")
    } catch {
      #expect(error.sqlState == "TL001" && error.detail == "{\"epoch\":2}" && error.hint == "h")
    }
  }

  @Test func `applies settings with spaces, and its name`() throws {
    let server = try TemporaryPostgres.shared
    var connection = try server.connect(
      server.url, settings: ["statement_timeout": "7s", "search_path": "\"a b\",\"c\\d\""])
    let show = Statement(
      "show",
      "SELECT current_setting('statement_timeout'), current_setting('search_path'), "
        + "current_setting('application_name')")
    let rows = try connection.query(show)
    #expect(try rows.text(0, 0) == "7s")
    #expect(try rows.text(0, 1) == "\"a b\",\"c\\d\"")
    #expect(try rows.text(0, 2) == "teller-tests")
  }

  @Test func `terminated by the server is lost, with the SQLSTATE`() throws {
    var connection = try connect()
    var killer = try connect()
    var victim = Parameters()
    victim.int4(connection.backendPID)
    let kill = Statement("kill", "SELECT pg_terminate_backend($1, 5000)", .int4)
    #expect(try killer.query(kill, victim).bool(0, 0))
    for _ in 0..<2 {
      do throws(PostgresError) {
        _ = try connection.query(select, one(1))
        Issue.record("the session survived")
      } catch {
        #expect(error.sqlState == "57P01" && error.isConnectionLost)
      }
    }
    let isBroken = connection.isBroken
    #expect(isBroken)
  }

  @Test func `is cancelled from another thread`() throws {
    var connection = try connect()
    let cancellation = try connection.cancellation()
    let pid = connection.backendPID
    Thread.detachNewThread {
      // The signal: the server shows the statement as running.
      guard var watcher = try? connect() else { return }
      var parameters = Parameters()
      parameters.int4(pid)
      let state = Statement(
        "state", "SELECT state = 'active' AND wait_event = 'PgSleep' FROM pg_stat_activity WHERE pid = $1",
        .int4)
      for _ in 0..<10_000 {
        if (try? watcher.query(state, parameters).bool(0, 0)) == true { break }
      }
      try? cancellation.cancel()
    }
    do throws(PostgresError) {
      _ = try connection.query(Statement("sleep", "SELECT pg_sleep(30)"))
      Issue.record("it slept on")
    } catch {
      #expect(error.sqlState == "57014" && !error.isConnectionLost)
    }
    #expect(try connection.query(select, one(1)).int8(0, 0) == 2)
  }

  @Test func `to nowhere is refused without SQLSTATE`() throws {
    let configuration = try PostgresConfiguration(
      url: "postgresql://u:hidden-secret@127.0.0.1:1/db", applicationName: "t")
    do throws(PostgresError) {
      _ = try Connection.open(configuration)
      Issue.record("somebody listens at port 1")
    } catch {
      #expect(error.kind == .connection && error.isConnectionLost && !error.isLoginRefused)
      #expect(!"\(error)".contains("hidden-secret"))
    }
  }

  @Test func `to an unknown database tells the SQLSTATE, and tries the next host first`() throws {
    let server = try TemporaryPostgres.shared
    do throws(PostgresError) {
      _ = try Connection.open(
        PostgresConfiguration(url: server.url(database: "nothing"), applicationName: "t"))
      Issue.record("it was let in")
    } catch {
      #expect(error.sqlState == "3D000" && !error.isConnectionLost)
      #expect(error.message == "database \"nothing\" does not exist")
    }
    let two = "postgresql://postgres@127.0.0.1:1,127.0.0.1:\(server.port)/postgres"
    var connection = try server.connect(two)
    #expect(try connection.query(select, one(1)).int8(0, 0) == 2)
  }

  @Test func `never shows a password`() throws {
    let server = try TemporaryPostgres(password: "correct-horse%")
    defer { server.remove() }
    var good = try server.connect(server.url)
    #expect(try good.query(select, one(1)).int8(0, 0) == 2)
    let wrong = server.tcpURL(database: "postgres").replacingOccurrences(of: "correct", with: "battery")
    let configuration = try PostgresConfiguration(url: wrong, applicationName: "t")
    #expect(!"\(configuration)".contains("horse") && !String(reflecting: configuration).contains("horse"))
    do throws(PostgresError) {
      _ = try Connection.open(configuration)
      Issue.record("it was let in")
    } catch {
      #expect(error.isLoginRefused && !error.isConnectionLost && error.sqlState == "28P01")
      #expect(!String(reflecting: error).contains("horse"))
    }
    let none = "postgresql://postgres@127.0.0.1:\(server.port)/postgres"
    do throws(PostgresError) {
      _ = try Connection.open(PostgresConfiguration(url: none, applicationName: "t"))
      Issue.record("it was let in")
    } catch {
      #expect(error.isLoginRefused && error.hint != nil)
    }
  }

  @Test(arguments: [
    "postgresql://u:sec%ret@h/d", "postgresql://u:sec@ret@h/d", "postgresql://h/d?nonsense=secret",
  ])
  func `refuses a URL that it cannot read, without quoting it`(_ url: String) {
    do throws(PostgresError) {
      _ = try PostgresConfiguration(url: url, applicationName: "t")
      Issue.record("it was read")
    } catch {
      #expect(error.kind == .usage && error.hint != nil)
      #expect(!String(reflecting: error).contains("sec") && !String(reflecting: error).contains("ret"))
    }
  }

  @Test func `refuses a setting that is no name`() {
    #expect(throws: PostgresError.self) {
      _ = try PostgresConfiguration(url: "postgresql://h", applicationName: "t", settings: ["a -c b": "c"])
    }
  }
}
