import CommandTable
import EventLog
import LedgerPostgres
import PostgresClient

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
      case (nil, nil):
        throw UsageError(
          .contradiction, what: "accounts open needs --account or --count", why: "nothing says what to open",
          hint: "give --account ID for one, or --count N for numbered ones")
      case (_?, _?):
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
    let settings = try Settings(invocation)
    let configuration = try Database.configuration(invocation, isReading: false)
    try Database.check(configuration)
    let totals: Totals
    do {
      totals = try open(settings, configuration, output)
    } catch let error as PostgresError { throw CommandFailure(error) }
    output.result(
      words(totals),
      [
        "opened": .integer(totals.opened), "existing": .integer(totals.existing),
        "refused": .integer(totals.refused),
        "refused_accounts": .array(totals.named.map { .string($0) }),
      ])
    return totals.refused == 0 ? .done : .checkFailed
  }

  /// What became of all chunks together.
  private struct Totals {
    var opened: Int64 = 0
    var existing: Int64 = 0
    var refused: Int64 = 0
    var named: [String] = []

    mutating func add(_ report: OpeningReport) {
      opened += Int64(report.opened)
      existing += Int64(report.existing)
      refused += Int64(report.refused.count)
      named += report.refused.prefix(namesMax - named.count)
    }
  }

  /// How many refused accounts are named.
  private static let namesMax = 10
  /// From so many openings on, the tables are vacuumed and analysed afterwards.
  private static let bulk = 10_000

  private static func open(
    _ settings: Settings, _ configuration: PostgresConfiguration, _ output: Output
  ) throws -> Totals {
    var opener = try AccountOpener(configuration)
    var all = Totals()
    var pace = Pace()
    var next: Int64 = 0
    while next < settings.count {
      let end = min(next + Int64(AccountOpener.chunkMax), settings.count)
      all.add(try opener.open((next..<end).map { settings.opening($0) }))
      next = end
      if pace.isDue {
        output.log.info("opening accounts", ["done": next, "of": settings.count, "opened": all.opened])
      }
    }
    if all.opened >= bulk { try opener.vacuum() }
    return all
  }

  private static func words(_ totals: Totals) -> String {
    let text = "opened \(totals.opened) accounts; \(totals.existing) were there already"
    guard totals.refused > 0 else { return text }
    let more = totals.refused - Int64(totals.named.count)
    return """
      \(text)
      refused \(totals.refused), which exist with another currency, opening balance or overdraft: \
      \(totals.named.joined(separator: ", "))\(more > 0 ? " and \(more) more" : "")
      """
  }
}

extension AccountsOpenCommand.Settings {
  /// How many accounts.
  var count: Int64 {
    switch ids {
    case .one: 1
    case .numbered(_, let count): count
    }
  }

  /// The opening of the account with this ordinal.
  func opening(_ ordinal: Int64) -> OpeningOrder {
    let name =
      switch ids {
      case .one(let name): name
      case .numbered(let prefix, _):
        prefix + String(repeating: "0", count: max(0, AccountNames.digits - String(ordinal).count))
          + String(ordinal)
      }
    return OpeningOrder(account: name, currency: currency, balance: balance, overdraft: overdraft)
  }
}
