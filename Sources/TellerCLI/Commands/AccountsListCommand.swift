import CommandTable
import LedgerPostgres

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
    let limit = try invocation.requiredInteger("--limit")
    let prefix = invocation.string("--prefix") ?? ""
    var after = invocation.string("--after") ?? ""
    var left = limit
    try Database.with(invocation) { connection in
      // Page by page: a million accounts in one answer would be a million in memory.
      while left > 0 {
        let page = try AccountRow.list(
          prefix: prefix, after: after, limit: min(left, pageRows), on: &connection)
        for account in page { output.result(account.line, account.json) }
        left -= Int64(page.count)
        guard page.count == pageRows, let last = page.last else { return }
        after = last.account
      }
    }
    return .done
  }

  private static let pageRows: Int64 = 1_000
}

extension AccountRow {
  /// For people: one line.
  var line: String {
    let limit = overdraft.map { String($0) } ?? "unlimited"
    return "\(account)  \(balance) \(currency)  overdraft \(limit)  version \(version)"
  }

  /// For programs.
  var json: JSONValue { .object(fields) }

  /// The fields of `json`, for an object that has more.
  var fields: [(String, JSONValue)] {
    [
      ("account", .string(account)), ("currency", .string(currency)), ("balance", .integer(balance)),
      ("overdraft", overdraft.map { .integer($0) } ?? .null), ("version", .integer(version)),
    ]
  }
}
