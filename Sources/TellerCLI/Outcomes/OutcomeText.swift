import Foundation
import Teller

/// An event as people and programs read it.
enum OutcomeText {
  /// For people: one line.
  static func line(_ delivery: OutcomeDelivery) -> String {
    let event = delivery.event
    var parts = [event.decidedAt, event.outcome.rawValue]
    if let code = event.code { parts.append(code) }
    parts.append("\(event.origin.topic)[\(event.origin.partition)] offset \(event.origin.offset)")
    if event.incarnation > 1 { parts.append("(incarnation \(event.incarnation))") }
    if let key = event.idempotencyKey { parts.append("\(key)") }
    if let request = event.request.flatMap({ RequestView($0) }) { parts.append(request.line) }
    if let balances = event.member("balances").flatMap({ BalanceView.all($0) }) {
      parts.append("balances: " + balances.map { "\($0.account) \($0.balance)" }.joined(separator: ", "))
    }
    if let first = event.first {
      let decided = first.code.map { "rejected \($0)" } ?? "applied"
      parts.append("first: \(decided) at [\(first.partition)] offset \(first.offset)")
    }
    if delivery.contradicts { parts.append("(takes back what was told before of this offset)") }
    return printable(parts.joined(separator: "  "))
  }

  /// For programs: the headers by their names without `teller-`, whether it takes something back, and the value.
  static func json(_ delivery: OutcomeDelivery) -> JSONValue {
    let event = delivery.event
    return [
      "outcome": .string(event.outcome.rawValue), "code": event.code.map { .string($0) } ?? .null,
      "event_id": .string(event.idText),
      "idempotency_key": event.idempotencyKey.map { .string("\($0)") } ?? .null,
      "origin_topic": .string(event.origin.topic),
      "origin_partition": .integer(Int64(event.origin.partition)),
      "origin_offset": .integer(event.origin.offset),
      "previous_offset": event.previousOffset.map { .integer($0) } ?? .null,
      "incarnation": .integer(Int64(event.incarnation)), "epoch": .integer(event.epoch),
      "history": .string("\(event.history)"),
      "traceparent": event.traceParent.map { .string(String(decoding: $0, as: UTF8.self)) } ?? .null,
      "contradicts": .bool(delivery.contradicts), "value": .json(oneLine(event.value)),
    ]
  }

  /// A request may have been sent with line breaks between its members; within texts JSON allows none.
  private static func oneLine(_ json: [UInt8]) -> String {
    String(decoding: json.map { $0 == 0x0a || $0 == 0x0d ? 0x20 : $0 }, as: UTF8.self)
  }

  /// Keys and ids are the senders': nothing in them may move the cursor.
  private static func printable(_ text: String) -> String {
    var shown = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let isControl = scalar.value < 0x20 || 0x7f...0x9f ~= scalar.value
      shown.append(isControl || scalar.value == 0x2028 || scalar.value == 0x2029 ? "\u{fffd}" : scalar)
    }
    return String(shown)
  }
}

/// What a line shows of a request.
private struct RequestView: Decodable {
  let debitAccount: String?
  let creditAccount: String?
  let account: String?
  let amount: Int64?
  let currency: String?

  private enum CodingKeys: String, CodingKey {
    case debitAccount = "debit_account"
    case creditAccount = "credit_account"
    case account, amount, currency
  }

  init?(_ json: [UInt8]) {
    guard let view = try? JSONDecoder().decode(Self.self, from: Data(json)) else { return nil }
    self = view
  }

  var line: String {
    if let account { return "open \(account) \(currency ?? "")" }
    let amount = amount.map { "\($0)" } ?? "?"
    return "\(debitAccount ?? "?") -> \(creditAccount ?? "?") \(amount) \(currency ?? "")"
  }
}

/// One account after the effect.
private struct BalanceView: Decodable {
  let account: String
  let balance: Int64

  static func all(_ json: [UInt8]) -> [BalanceView]? {
    try? JSONDecoder().decode([BalanceView].self, from: Data(json))
  }
}
