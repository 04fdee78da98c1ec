import CommandTable
import EventLog
import Teller
import TellerPostgres

/// `teller outcome`: what became of one request.
enum OutcomeCommand: ProgramCommand {
  static let command = Command(
    ["outcome"], summary: "say what became of a request",
    discussion: """
      Prints every decision about the idempotency key: the first, and each repeat; then dead letters that
      carry it. Exit code 1: it was never decided. It may still wait in the topic (see teller status), or
      be a dead letter, which does not use up its key: send it again, corrected, with the same key.
      """,
    example: "teller outcome 8b1f4c6e-0d1b-4f0e-9a55-0c1d2e3f4a5b",
    arguments: [
      Argument("KEY", help: "The idempotency key: a UUID, or a natural key such as an order number.")
    ],
    shared: [SharedOptions.stream, SharedOptions.postgres])

  static func run(_ invocation: Invocation, _ output: Output) throws -> ExitCode {
    let topic = try invocation.requiredString("--topic")
    guard let key = IdempotencyKey(parsing: invocation.argument("KEY") ?? "", topic: topic) else {
      throw UsageError(
        .invalidValue, what: "KEY is no idempotency key", why: "it is a UUID, or 1 to 64 bytes of UTF-8",
        hint: "give the key as the request carries it")
    }
    let outcomes = try Database.with(invocation) { connection in
      try KnownStreams.require(topic, on: &connection)
      return try DecidedOutcome.all(of: key, topic: topic, on: &connection)
    }
    for outcome in outcomes { output.result(outcome.line(of: topic), outcome.json(of: topic, key)) }
    guard outcomes.contains(where: \.isDecided) else {
      if outcomes.isEmpty {
        output.result(
          "not decided (yet): it may wait in the topic (teller status), or never have been sent",
          ["idempotency_key": .string("\(key)"), "outcome": .null])
      }
      return .checkFailed
    }
    return .done
  }
}

extension DecidedOutcome {
  /// For people: one line.
  func line(of topic: String) -> String {
    var line = outcome
    if let code { line += " \(code)" }
    line += "  \(topic)[\(place.partition)] offset \(place.offset)"
    if place.incarnation > 1 { line += " (incarnation \(place.incarnation))" }
    if let decidedAt { line += "  \(Self.time(decidedAt))" }
    if let batch, let epoch { line += "  batch \(batch) epoch \(epoch)" }
    if let first {
      line += "  first: \(first.outcome)\(first.code.map { " \($0)" } ?? "")"
      line += " at [\(first.place.partition)] offset \(first.place.offset)"
    }
    return line
  }

  /// For programs: the columns of the view `teller.outcome`.
  func json(of topic: String, _ key: IdempotencyKey) -> JSONValue {
    [
      "topic": .string(topic), "incarnation": .integer(Int64(place.incarnation)),
      "partition": .integer(Int64(place.partition)), "offset": .integer(place.offset),
      "idempotency_key": .string(key.uuidString), "key_text": keyText.map { .string($0) } ?? .null,
      "outcome": .string(outcome), "code": code.map { .string($0) } ?? .null,
      "first_incarnation": first.map { .integer(Int64($0.place.incarnation)) } ?? .null,
      "first_partition": first.map { .integer(Int64($0.place.partition)) } ?? .null,
      "first_offset": first.map { .integer($0.place.offset) } ?? .null,
      "first_outcome": first.map { .string($0.outcome) } ?? .null,
      "first_code": first?.code.map { .string($0) } ?? .null,
      "epoch": epoch.map { .integer($0) } ?? .null, "batch": batch.map { .integer($0) } ?? .null,
      "decided_at": decidedAt.map { .string(Self.time($0)) } ?? .null,
    ]
  }

  /// PostgreSQL counts microseconds from the year 2000.
  private static func time(_ microseconds: Int64) -> String {
    Timestamp.text(microseconds / 1_000 + 946_684_800_000)
  }
}
