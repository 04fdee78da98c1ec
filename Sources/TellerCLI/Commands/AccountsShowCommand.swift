import CommandTable

/// `teller accounts show`: one account with its last entries.
enum AccountsShowCommand: ProgramCommand {
  static let command = Command(
    ["accounts", "show"], summary: "show an account's balance and its last entries",
    example: "teller accounts show acct-00000042", arguments: [Argument("ID", help: "The account's id.")],
    options: [
      Option(
        "--entries", .integer, "N", defaultValue: "10", range: 0...100_000, isInFile: false,
        help: "How many entries, the latest first.")
    ], shared: [SharedOptions.postgres])

  static func run(_ invocation: Invocation, _ output: Output) throws -> ExitCode {
    throw CommandFailure.notConnected("accounts show")
  }
}
