import CommandTable
import LedgerPostgres
import PostgresClient
import TellerPostgres

/// `teller migrate`: brings the database's schemas to this release.
enum MigrateCommand: ProgramCommand {
  static let command = Command(
    ["migrate"], summary: "create or update the schemas teller and ledger",
    discussion: """
      Applies the numbered migrations that the database does not have yet, all of a schema in one
      transaction. Creates no account. Running it again changes nothing. A migration that was edited after
      it had been applied is refused.
      """,
    example: "teller migrate --postgres postgres://teller@localhost/teller", shared: [SharedOptions.postgres])

  static func run(_ invocation: Invocation, _ output: Output) throws -> ExitCode {
    let configuration = try Database.configuration(invocation, isReading: false)
    let migrator = try Database.awaitMigrator(configuration, output.log)
    do {
      var applied: [String] = []
      for history in [SchemaHistory.engine, .ledger] { applied += try migrator.migrate(history) }
      let text =
        applied.isEmpty
        ? "nothing to do: the schemas are up to date"
        : applied.map { "applied \($0)" }.joined(separator: "\n")
      output.result(text, .object([("applied", .array(applied.map { .string($0) }))]))
      return .done
    } catch let error as PostgresError {
      throw CommandFailure(error)
    } catch let refusal as SchemaRefusal {
      throw CommandFailure(refusal)
    }
  }
}
