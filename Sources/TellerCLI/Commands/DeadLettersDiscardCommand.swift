import CommandTable
import EventLog
import PostgresClient
import TellerPostgres

/// `teller dead-letters discard`: closes letters that need nothing more.
enum DeadLettersDiscardCommand: ProgramCommand {
  static let command = Command(
    ["dead-letters", "discard"], summary: "close dead letters that need nothing more, with a reason",
    discussion: """
      Writes down who closed them, when and why; nothing is deleted, and nothing is decided: the same
      idempotency key may still be sent. A filter means the open ones; without --yes they are only counted.
      Exit code 1: a letter named does not exist, or is closed already.
      """,
    example: """
      teller dead-letters discard 3:41 3:57 --reason "the service resent both, corrected"
      teller dead-letters discard --code undecodable --since 2h --yes --reason "load test, ticket 812"
      """,
    arguments: [DeadLetterOptions.ids],
    options: [
      DeadLetterOptions.reason, ActingPerson.option, DeadLetterOptions.code, DeadLetterOptions.partition,
      DeadLetterOptions.since, DeadLetterOptions.limit, DeadLetterOptions.yes,
    ], shared: [SharedOptions.stream, SharedOptions.postgres])

  static func run(_ invocation: Invocation, _ output: Output) throws -> ExitCode {
    let selection = try DeadLetterSelection(invocation)
    let topic = try invocation.requiredString("--topic")
    let desk = DeadLetterDesk(
      topic: topic, actor: ActingPerson.name(invocation),
      reason: try invocation.requiredString("--reason"))
    let configuration = try Database.configuration(invocation, isReading: false)
    try Database.check(configuration)
    do {
      var connection = try Connection.open(configuration)
      try KnownStreams.require(topic, on: &connection)
      try DeadLetterConfirmation.require(selection, invocation, output, on: &connection)
      return try discard(selection, desk, output, &connection)
    } catch let error as PostgresError { throw CommandFailure(error) }
  }

  private static func discard(
    _ selection: DeadLetterSelection, _ desk: DeadLetterDesk, _ output: Output, _ connection: inout Connection
  ) throws -> ExitCode {
    var closed: Int64 = 0
    var left: [DeadLetterID] = []
    switch selection {
    case .ids(let ids):
      for start in stride(from: 0, to: ids.count, by: DeadLetterDesk.lettersMax) {
        let part = Array(ids[start..<min(start + DeadLetterDesk.lettersMax, ids.count)])
        let done = try desk.discard(part, on: &connection)
        closed += Int64(done.count)
        left += part.filter { !done.contains($0) }
      }
    case .filter(let filter, let limit):
      var pages = try DeadLetterPages(filter.now(on: &connection), on: &connection)
      var more = limit ?? .max
      var pace = Pace()
      while more > 0 {
        let page = try pages.next(limit: min(more, Int64(DeadLetterDesk.lettersMax)), on: &connection)
        if page.isEmpty { break }
        closed += Int64(try desk.discard(page.map(\.id), on: &connection).count)
        more -= Int64(page.count)
        if pace.isDue { output.log.info("discarding", ["discarded": closed]) }
      }
    }
    let names = left.map { "\($0)" }.joined(separator: ", ")
    output.result(
      "discarded \(closed)" + (left.isEmpty ? "" : "; not there, or closed already: \(names)"),
      ["discarded": .integer(closed), "not_discarded": .array(left.map { .string("\($0)") })])
    return left.isEmpty ? .done : .checkFailed
  }
}
