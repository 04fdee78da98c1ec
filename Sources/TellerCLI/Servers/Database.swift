import CommandTable
import EventLog
import LedgerPostgres
import PostgresClient
import TellerPostgres

/// The database that a command works with, looked at before it is used.
enum Database {
  /// Where and how a command connects.
  static func configuration(
    _ invocation: Invocation, isReading: Bool = true
  ) throws -> PostgresConfiguration {
    do {
      return try SessionSettings.command(
        url: invocation.string("--postgres"), command: invocation.command.name.replacing(" ", with: "-"),
        isReading: isReading)
    } catch { throw CommandFailure(error) }
  }

  /// Refuses a database whose schemas this program cannot work with.
  static func check(_ configuration: PostgresConfiguration) throws {
    do {
      try check(SchemaMigrator(configuration))
    } catch let error as PostgresError {
      throw CommandFailure(error)
    }
  }

  private static func check(_ migrator: SchemaMigrator) throws {
    do {
      try migrator.check(.engine)
      try migrator.check(.ledger)
    } catch let error as PostgresError {
      throw CommandFailure(error)
    } catch let error as SchemaRefusal {
      throw CommandFailure(error)
    }
  }

  /// Connects to a server that may still be starting.
  static func awaitMigrator(_ configuration: PostgresConfiguration, _ log: EventLog) throws -> SchemaMigrator
  {
    do {
      return try Patience("PostgreSQL", log: log).attempt(
        mayPass: \.isConnectionLost, { () throws(PostgresError) in try SchemaMigrator(configuration) })
    } catch {
      throw CommandFailure(error)
    }
  }

  /// Waits for the server, then refuses a database that this program cannot work with.
  static func awaitReady(_ invocation: Invocation, _ log: EventLog) throws {
    try check(awaitMigrator(configuration(invocation), log))
  }

  /// Does something with a session of a database that fits this program.
  static func with<Result>(
    _ invocation: Invocation, _ body: (inout Connection) throws -> Result
  ) throws -> Result {
    let configuration = try configuration(invocation)
    try check(configuration)
    do {
      var connection = try Connection.open(configuration)
      return try body(&connection)
    } catch let error as PostgresError {
      throw CommandFailure(error)
    }
  }
}
