import Teller
import Testing

@Suite struct `The rules of stock` {
  private let shelf = Shelf(sku: "TEA-1", warehouse: "north")

  @Test(arguments: [
    (0, 5, StockRules.Decision.moved(onHand: 5)), (5, -5, .moved(onHand: 0)), (5, -6, .rejected(.outOfStock)),
    (0, -1, .rejected(.outOfStock)),
    (Int64(Int32.max), Int32.max, .moved(onHand: 2 * Int64(Int32.max))),
  ])
  func `never let more leave than is there`(onHand: Int64, quantity: Int32, decision: StockRules.Decision) {
    #expect(StockRules.decide(StockMovement(shelf: shelf, quantity: quantity), onHand: onHand) == decision)
  }
}

@Suite struct `The decoder of order events` {
  private let decoder = StockDecoder(topic: "orders")

  private func decode(_ value: String, key: String = "TEA-1") -> Decoded<StockMovement> {
    decoder.decode(key: Array(key.utf8).span.bytes, value: Array(value.utf8).span.bytes)
  }

  private func cause(_ value: String, key: String = "TEA-1") -> DeadLetterCause.Code? {
    guard case .dead(let cause, _) = decode(value, key: key) else { return nil }
    return cause.code
  }

  @Test func `reads an event`() throws {
    guard case .job(let job, let key, let fingerprint) = decode(movement("o-1", "TEA-1", "north", -2)) else {
      Issue.record("dead")
      return
    }
    #expect(job == StockMovement(shelf: Shelf(sku: "TEA-1", warehouse: "north"), quantity: -2))
    #expect(key == IdempotencyKey(parsing: "o-1", topic: "orders"))
    #expect(fingerprint == Fingerprint(version: 1, fields: ["TEA-1", "north", "-2"]))
  }

  @Test(arguments: ["", "{", "nonsense", "\u{0}", #"{"sku":"#, movement("o-1", "TEA-1", "north", 1) + "}"])
  func `calls what is not JSON undecodable`(value: String) {
    #expect(cause(value) == .undecodable)
  }

  @Test(arguments: [
    "{}", "[]", "null", #"{"event_id":"o-1","sku":"TEA-1","warehouse":"north","quantity":"2"}"#,
    #"{"event_id":"o-1","sku":"TEA-1","warehouse":"north","quantity":2147483648}"#,
    movement("", "TEA-1", "north", 1), movement("o-1", "TEA-1", "north", 0),
    movement("o-1", "TEA-1", "nörth", 1), movement("o-1", "TEA-1", #"\u0000"#, 1),
  ])
  func `calls JSON of another shape invalid`(value: String) {
    #expect(cause(value) == .invalidRequest)
  }

  @Test func `calls an event under another key misrouted`() {
    #expect(cause(movement("o-1", "TEA-1", "north", 1), key: "TEA-2") == .misrouted)
    #expect(cause(movement("o-1", "TEA-1", "north", 1), key: "") == .misrouted)
  }
}
