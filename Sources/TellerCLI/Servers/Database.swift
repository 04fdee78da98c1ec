import CommandTable
import EventLog
import LedgerPostgres
import PostgresClient
import TellerPostgres

/// The database that a command was pointed at.
struct Database {
  let url: String?

  init(_ invocation: Invocation) { url = invocation.string("--postgres") }

  /// A configuration for a command's own session.
  func configuration(_ purpose: String) throws -> PostgresConfiguration {
    do {
      return try PostgresConfiguration(url: url, applicationName: "teller-\(purpose)")
    } catch {
      throw CommandFailure(error)
    }
  }

  /// Waits for the server and checks that its schemas are of this release.
  func awaitReady(_ log: EventLog) throws {
    let configuration = try configuration("check")
    let migrator: SchemaMigrator
    do throws(PostgresError) {
      migrator = try Patience("PostgreSQL", log: log).attempt(
        mayPass: \.isConnectionLost, { () throws(PostgresError) in try SchemaMigrator(configuration) })
    } catch {
      throw CommandFailure(error)
    }
    do {
      for history in [SchemaHistory.engine, .ledger] { try migrator.check(history) }
    } catch let refusal as SchemaRefusal {
      throw CommandFailure(refusal)
    } catch let error as PostgresError {
      throw CommandFailure(error)
    }
  }
}
