import CommandTable
import TellerPostgres

/// `teller dead-letters list`: which records could not be decided, and how they stand.
enum DeadLettersListCommand: ProgramCommand {
  static let command = Command(
    ["dead-letters", "list"], summary: "list records that could not be decided, and what was done about them",
    discussion: """
      Dead means undecided: the record took no idempotency key, so the same key may be sent again.

      In the order of incarnation, partition and offset. A letter is open until it is redriven or
      discarded; a redrive that failed, or whose end nobody knows, leaves it open.
      """,
    example: """
      teller dead-letters list --since 24h
      teller dead-letters list --code misrouted --partition 3 --state all --json
      """,
    options: [
      DeadLetterOptions.code, DeadLetterOptions.partition,
      Option(
        "--state", .choice(DeadLetterState.allCases.map(\.rawValue) + ["all"]), "STATE", defaultValue: "open",
        isInFile: false, help: "Only those in this state."),
      DeadLetterOptions.since,
      Option(
        "--limit", .integer, "N", defaultValue: "100", range: 1...1_000_000, isInFile: false,
        help: "At most so many."),
    ], shared: [SharedOptions.stream, SharedOptions.postgres])

  private static let pageRows: Int64 = 500

  static func run(_ invocation: Invocation, _ output: Output) throws -> ExitCode {
    let state = invocation.string("--state").flatMap { DeadLetterState(rawValue: $0) }
    let filter = try DeadLetterOptions.filter(invocation, state: state)
    let limit = try invocation.requiredInteger("--limit")
    try Database.with(invocation) { connection in
      try KnownStreams.require(filter.topic, on: &connection)
      var pages = try DeadLetterPages(filter, on: &connection)
      var left = limit
      var isFirst = true
      while left > 0 {
        let page = try pages.next(limit: min(left, pageRows), on: &connection)
        if page.isEmpty { break }
        write(page, filter.topic, isFirst: isFirst, output)
        isFirst = false
        left -= Int64(page.count)
      }
      guard !output.isJSON else { return }
      if isFirst { output.raw("no dead letters\n") }
      guard left == 0 else { return }
      let all = try DeadLetterTotal.read(filter, on: &connection)
      let more = all.reduce(0) { $0 + $1.letters } - limit
      if more > 0 { output.raw("… and \(more) more (--limit)\n") }
    }
    return .done
  }

  /// A page of JSON is one object a line, as everywhere; for people it is a table.
  private static func write(
    _ page: [DeadLetterSummary], _ topic: String, isFirst: Bool, _ output: Output
  ) {
    if output.isJSON {
      for letter in page { output.result("", letter.json(topic: topic)) }
    } else {
      let rows = (isFirst ? [DeadLetterSummary.titles] : []) + page.map(\.cells)
      output.raw(TextTable.lines(rows).joined(separator: "\n") + "\n")
    }
  }
}
