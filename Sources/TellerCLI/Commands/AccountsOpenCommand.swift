import CommandTable

/// `teller accounts open`: opens one account, or many of one name.
enum AccountsOpenCommand: ProgramCommand {
  static let command = Command(
    ["accounts", "open"], summary: "open one account, or many with numbered ids",
    discussion: """
      With --account opens that one; with --count opens PREFIX00000000 and so on. Accounts that exist are
      left as they are and counted. Amounts are in minor units (cents).

      Only this command grants an unlimited overdraft: money comes into the books from such an account.
      """,
    example: """
      teller accounts open --count 1000 --balance 100000 --currency EUR
      teller accounts open --account world --currency EUR --overdraft unlimited
      """,
    options: [
      Option("--account", .string, "ID", isInFile: false, help: "The id of the one account to open."),
      Option(
        "--count", .integer, "N", range: 1...100_000_000, isInFile: false, help: "How many to open."),
      Option(
        "--prefix", .string, "TEXT", defaultValue: "acct-", help: "What stands before an id's 8 digits."),
      Option(
        "--balance", .integer, "AMOUNT", defaultValue: "0", range: 0...Int64.max, isInFile: false,
        help: "The opening balance of each."),
      Option("--currency", .string, "CODE", isRequired: true, help: "3 to 8 capital letters, such as EUR."),
      Option(
        "--overdraft", .integerOr(["unlimited"]), "N|unlimited", defaultValue: "0", range: 0...Int64.max,
        isInFile: false, help: "How far below zero a balance may go."),
    ], shared: [SharedOptions.postgres])

  /// What to open, with its contradictions found.
  struct Settings: Equatable {
    /// Which accounts.
    enum Ids: Equatable {
      case one(String)
      case numbered(prefix: String, count: Int64)
    }
    let ids: Ids
    let balance: Int64
    let currency: String
    /// nil is unlimited.
    let overdraft: Int64?

    init(_ invocation: Invocation) throws(UsageError) {
      switch (invocation.string("--account"), invocation.integer("--count")) {
      case (let account?, nil): ids = .one(try AccountNames.checked(account, "--account"))
      case (nil, let count?):
        ids = .numbered(prefix: try AccountNames.prefix(invocation), count: count)
      default:
        throw UsageError(
          .contradiction, what: "accounts open needs either --account or --count",
          why: "they say two different things to open", hint: "give one of the two")
      }
      balance = try invocation.requiredInteger("--balance")
      currency = try AccountNames.currency(invocation)
      overdraft = invocation.integer("--overdraft")
    }
  }

  static func run(_ invocation: Invocation, _ output: Output) throws -> ExitCode {
    _ = try Settings(invocation)
    throw CommandFailure.notConnected("accounts open")
  }
}
