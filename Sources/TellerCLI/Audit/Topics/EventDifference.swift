import Teller
import TellerPostgres

/// A field in which an event is not what the tables say.
struct EventDifference {
  let field: String
  let found: String
  let expected: String

  /// All such fields of an event.
  static func all(
    _ event: OutcomeEvent, _ decided: AuditedOutcome, topic: String, partition: Int32
  ) -> [EventDifference] {
    let none = "none"
    let key = { (bits: UInt128?) in bits.map { IdempotencyKey(bits: $0).uuidString } ?? none }
    let fields: [(String, String, String)] = [
      (EventHeader.outcome.rawValue, event.outcome.rawValue, decided.outcome),
      (EventHeader.code.rawValue, event.code ?? none, decided.code ?? none),
      (EventHeader.idempotencyKey.rawValue, key(event.idempotencyKey?.bits), key(decided.key)),
      (EventHeader.originTopic.rawValue, event.origin.topic, topic),
      (EventHeader.originPartition.rawValue, "\(event.origin.partition)", "\(partition)"),
      (
        EventHeader.previousOffset.rawValue, event.previousOffset.map(String.init) ?? none,
        decided.previous.map(String.init) ?? none
      ),
      (EventHeader.epoch.rawValue, "\(event.epoch)", "\(decided.epoch)"),
      (EventHeader.history.rawValue, "\(event.history.number)", "\(decided.history)"),
      ("decided_at", event.decidedAt, decided.decidedAt),
      ("first", text(event.first) ?? none, text(decided.first) ?? none),
    ]
    return fields.filter { $0.1 != $0.2 }.map { EventDifference(field: $0.0, found: $0.1, expected: $0.2) }
  }

  private static func text(_ first: FirstDecision?) -> String? {
    first.map { "\($0.code ?? "applied") at \($0.incarnation):\($0.partition):\($0.offset)" }
  }
}
