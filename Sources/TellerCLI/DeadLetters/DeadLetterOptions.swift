import CommandTable
import Teller
import TellerPostgres

/// What the commands about dead letters share: how letters are named and filtered, and why.
enum DeadLetterOptions {
  static let ids = Argument(
    "ID", isRequired: false, isRepeated: true,
    help: "Dead letters: partition:offset, such as 3:41; before it the incarnation, unless it is 1: 2:3:41.")

  static let code = Option(
    "--code", .choice(DeadLetterCause.Code.allCases.map(\.rawValue)), "CODE", isInFile: false,
    help: "Only those that died of this.")
  static let partition = Option(
    "--partition", .integer, "N", range: 0...Int64(Int32.max), isInFile: false,
    help: "Only those of this partition.")
  static let since = Option(
    "--since", .duration, "TIME", isInFile: false,
    help: "Only those that died within this time: 90s, 15m, 24h.")
  static let yes = Option(
    "--yes", .flag, isInFile: false, help: "Do it to all that a filter finds, instead of counting them.")
  static let reason = Option(
    "--reason", .string, "TEXT", isRequired: true, isInFile: false,
    help: "Why. It is kept with the action, for whoever asks later.")
  static let limit = Option(
    "--limit", .integer, "N", defaultText: "all", range: 1...1_000_000, isInFile: false,
    help: "At most so many of a filter.")

  static let allowUnknownFields = Option(
    "--allow-unknown-fields", .flag, environment: "TELLER_ALLOW_UNKNOWN_FIELDS",
    help: "Judge requests as workers do that run with it.")

  /// The filter that the options describe.
  static func filter(
    _ invocation: Invocation, state: DeadLetterState?
  ) throws(UsageError) -> DeadLetterFilter {
    DeadLetterFilter(
      topic: try invocation.requiredString("--topic"), code: invocation.string("--code"),
      partition: invocation.integer("--partition").flatMap { Int32(exactly: $0) }, state: state,
      withinSeconds: invocation.seconds("--since"))
  }

  /// One id as it was typed.
  static func id(_ text: String) throws(UsageError) -> DeadLetterID {
    if let id = DeadLetterID(parsing: text) { return id }
    throw UsageError(
      .invalidValue, what: "\(SafeText.line(text)) names no dead letter",
      why: "an id is partition:offset, or incarnation:partition:offset, in digits",
      hint: "write it as teller dead-letters list shows it, such as 3:41")
  }
}

/// Which letters an action is meant for.
enum DeadLetterSelection: Equatable {
  /// Those named, each once, in the order typed.
  case ids([DeadLetterID])
  /// The open ones that a filter finds, at most so many.
  case filter(DeadLetterFilter, limit: Int64?)

  init(_ invocation: Invocation) throws(UsageError) {
    let words = invocation.arguments("ID")
    let filters = ["--code", "--partition", "--since", "--limit", "--yes"]
    guard words.isEmpty else {
      if let stray = filters.first(where: { invocation.source($0) != nil }) {
        throw UsageError(
          .contradiction, what: "\(stray) does not go with ids",
          why: "ids say already which letters are meant",
          hint: "leave out one of the two")
      }
      var ids: [DeadLetterID] = []
      for word in words {
        let id = try DeadLetterOptions.id(word)
        if !ids.contains(id) { ids.append(id) }
      }
      self = .ids(ids)
      return
    }
    guard filters.prefix(3).contains(where: { invocation.source($0) != nil }) else {
      throw UsageError(
        .missingArgument, what: "\(invocation.command.name) needs ids or a filter",
        why: "nothing says which dead letters are meant",
        hint: "give ids, or --code, --partition or --since; teller dead-letters list shows them")
    }
    self = .filter(
      try DeadLetterOptions.filter(invocation, state: .open), limit: invocation.integer("--limit"))
  }
}
