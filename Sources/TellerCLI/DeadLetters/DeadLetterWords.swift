import EventLog
import Teller
import TellerPostgres

/// Dead letters in lists.
extension DeadLetterSummary {
  /// The head of `cells`.
  static let titles = ["ID", "DIED", "CODE", "STATE", "IDEMPOTENCY KEY", "REASON"]

  /// For people: one row of a table.
  var cells: [String] {
    [
      "\(id)", decidedAt.map { DeadLetterTime.text($0) } ?? "-", code, stateText,
      idempotencyKey.map { SafeText.line("\($0)") } ?? "-", SafeText.line(reason),
    ]
  }

  /// The state, and whether a redrive is between the two.
  var stateText: String {
    switch (state, last?.result) {
    case (.open, "unknown"): "open (a redrive's end is unknown)"
    case (.open, "failed"): "open (a redrive failed)"
    default: state.rawValue
    }
  }

  /// For programs: the columns of the view `teller.dead_letter_status`.
  func json(topic: String) -> JSONValue { .object(fields(topic: topic)) }

  /// The fields of `json`, for an object that has more.
  func fields(topic: String) -> [(String, JSONValue)] {
    [
      ("id", .string("\(id)")), ("topic", .string(topic)), ("incarnation", .integer(Int64(id.incarnation))),
      ("partition", .integer(Int64(id.partition))), ("offset", .integer(id.offset)),
      ("code", .string(code)), ("reason", .string(reason)),
      ("idempotency_key", idempotencyKey.map { .string($0.uuidString) } ?? .null),
      ("key_text", idempotencyKey?.text.map { .string($0) } ?? .null),
      ("key_bytes", keyBytes.map { .integer(Int64($0)) } ?? .null),
      ("value_bytes", valueBytes.map { .integer(Int64($0)) } ?? .null),
      ("decided_at", decidedAt.map { .string(DeadLetterTime.text($0)) } ?? .null),
      ("state", .string(state.rawValue)), ("target", target?.json ?? .null),
      ("last_action", last.map { .string($0.action) } ?? .null),
      ("last_result", last?.result.map { .string($0) } ?? .null),
      ("last_actor", last.map { .string($0.actor) } ?? .null),
      ("last_reason", last.map { .string($0.reason) } ?? .null),
      ("last_acted_at", last.map { .string(DeadLetterTime.text($0.actedAt)) } ?? .null),
    ]
  }
}

extension DeadLetterSummary.Target {
  /// For programs.
  var json: JSONValue {
    [
      "incarnation": .integer(Int64(incarnation)), "partition": .integer(Int64(partition)),
      "offset": offset.map { .integer($0) } ?? .null,
    ]
  }

  /// For people.
  var text: String {
    "[\(partition)]" + (offset.map { " offset \($0)" } ?? "")
      + (incarnation == 1 ? "" : " (incarnation \(incarnation))")
  }
}

/// PostgreSQL counts microseconds from the year 2000.
enum DeadLetterTime {
  static func text(_ microseconds: Int64) -> String {
    Timestamp.text(microseconds / 1_000 + 946_684_800_000)
  }
}

extension DeadLetterTotal {
  /// How many, for people: `3 (misrouted 2, undecodable 1)`.
  static func words(_ totals: [DeadLetterTotal]) -> String {
    let codes = totals.map { "\($0.code) \($0.letters)" }.joined(separator: ", ")
    let all = totals.reduce(0) { $0 + $1.letters }
    return totals.isEmpty ? "0" : "\(all) (\(codes))"
  }
}
