import CommandTable

/// `teller accounts list`: accounts in the order of their ids.
enum AccountsListCommand: ProgramCommand {
  static let command = Command(
    ["accounts", "list"], summary: "list accounts with their balances",
    example: "teller accounts list --prefix acct-0000001 --limit 20",
    options: [
      Option(
        "--prefix", .string, "TEXT", defaultText: "all", isInFile: false, help: "Only ids that begin so."),
      Option(
        "--after", .string, "ID", isInFile: false, help: "Only ids behind this one: the next page."),
      Option(
        "--limit", .integer, "N", defaultValue: "100", range: 1...1_000_000, isInFile: false,
        help: "At most so many."),
    ], shared: [SharedOptions.postgres])

  static func run(_ invocation: Invocation, _ output: Output) throws -> ExitCode {
    throw CommandFailure.notConnected("accounts list")
  }
}
