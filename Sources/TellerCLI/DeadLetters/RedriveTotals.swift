import TellerPostgres

/// What became of the letters that a redrive was asked for.
struct RedriveTotals {
  /// How many single letters are named in the answer.
  static let namesMax = 50

  /// A letter that was sent.
  struct Sent {
    let id: DeadLetterID
    let partition: Int32
    let conclusion: DeadLetterDesk.Conclusion
  }

  private(set) var acknowledged: Int64 = 0
  private(set) var failed: Int64 = 0
  private(set) var unknown: Int64 = 0
  private(set) var refused: Int64 = 0
  private var sent: [Sent] = []
  private var refusals: [(id: DeadLetterID, refusal: RedriveRefusal)] = []
  private(set) var firstError: String?

  /// Whether all that was asked for is in the topic.
  var isComplete: Bool { failed == 0 && unknown == 0 && refused == 0 }
  /// Letters looked at.
  var count: Int64 { acknowledged + failed + unknown + refused }

  mutating func add(_ end: Sent) {
    switch end.conclusion.result {
    case .acknowledged: acknowledged += 1
    case .failed: failed += 1
    case .unknown: unknown += 1
    }
    if firstError == nil { firstError = end.conclusion.error }
    if sent.count < Self.namesMax { sent.append(end) }
  }

  mutating func refuse(_ id: DeadLetterID, _ refusal: RedriveRefusal) {
    refused += 1
    if refusals.count < Self.namesMax { refusals.append((id, refusal)) }
  }

  /// For people.
  var text: String {
    var lines = sent.map { end in
      let place = "[\(end.partition)]" + (end.conclusion.offset.map { " offset \($0)" } ?? "")
      switch end.conclusion.result {
      case .acknowledged: return "\(end.id)  redriven to \(place)"
      case .failed: return "\(end.id)  failed, not written: \(end.conclusion.error ?? "no cause told")"
      case .unknown: return "\(end.id)  unknown: \(end.conclusion.error ?? "no cause told")"
      }
    }
    lines += refusals.map { "\($0.id)  not sent: \($0.refusal.reason)" }
    let hidden = count - Int64(sent.count + refusals.count)
    if hidden > 0 { lines.append("… and \(hidden) more") }
    lines.append(
      "acknowledged \(acknowledged), failed \(failed), unknown \(unknown), not sent \(refused)")
    if unknown + failed > 0 {
      lines.append("redrive those again: a repeat is harmless, for it has the same idempotency key")
    }
    if acknowledged > 0 {
      lines.append("what became of one: teller dead-letters show ID")
    }
    return lines.joined(separator: "\n")
  }

  /// For programs.
  var json: JSONValue {
    [
      "acknowledged": .integer(acknowledged), "failed": .integer(failed), "unknown": .integer(unknown),
      "not_sent": .integer(refused),
      "redrives": .array(
        sent.map { end in
          [
            "id": .string("\(end.id)"), "result": .string(end.conclusion.result.rawValue),
            "partition": .integer(Int64(end.partition)),
            "offset": end.conclusion.offset.map { .integer($0) } ?? .null,
            "error": end.conclusion.error.map { .string($0) } ?? .null,
          ]
        }),
      "refusals": .array(
        refusals.map {
          ["id": .string("\($0.id)"), "code": .string($0.refusal.code), "reason": .string($0.refusal.reason)]
        }),
    ]
  }
}
