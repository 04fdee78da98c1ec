import CommandTable

/// `teller migrate`: brings the database's schemas to this release.
enum MigrateCommand: ProgramCommand {
  static let command = Command(
    ["migrate"], summary: "create or update the schemas teller and ledger",
    discussion: """
      Applies the numbered migrations that the database does not have yet, each in a transaction of its
      own. Running it again changes nothing. A migration that was edited after it had been applied is
      refused.
      """,
    example: "teller migrate --postgres postgres://teller@localhost/teller", shared: [SharedOptions.postgres])

  static func run(_ invocation: Invocation, _ output: Output) throws -> ExitCode {
    throw CommandFailure.notConnected("migrate")
  }
}
