import Testing

@testable import Teller

@Suite struct `An outcome event` {
  private func refusal(_ change: (inout [RecordHeader], inout [UInt8]?) -> Void) -> OutcomeEventError? {
    let made = EventMaking(42, after: 41)
    var headers = made.headers
    var value: [UInt8]? = made.value
    change(&headers, &value)
    do throws(OutcomeEventError) {
      _ = try OutcomeEvent(key: nil, value: value, headers: headers)
      return nil
    } catch {
      return error
    }
  }

  private func refusal(_ name: String, _ text: String?) -> OutcomeEventError? {
    refusal { headers, _ in
      headers.removeAll { $0.name == name }
      if let text { headers.append(RecordHeader(name: name, value: Array(text.utf8))) }
    }
  }

  private func refusal(replacing old: String, by new: String) -> OutcomeEventError? {
    refusal { _, value in
      value = Array(String(decoding: value ?? [], as: UTF8.self).replacing(old, with: new).utf8)
    }
  }

  @Test func `is read whole`() throws {
    var making = EventMaking(42, after: 41)
    making.request = "{ \"a\" : [1, {\"b\":\"}]\\\"\"}],\n\"c\":null}"
    let event = try making.event
    #expect(event.outcome == .applied && event.code == nil && event.first == nil)
    #expect(event.origin == OutcomeEvent.Origin(topic: "transfers", partition: 0, offset: 42))
    #expect(event.previousOffset == 41 && event.incarnation == 1 && event.epoch == 7)
    #expect(event.idempotencyKey == IdempotencyKey(parsing: "order-1", topic: "transfers"))
    #expect(event.history.description == "1:0f0e0d0c-0b0a-4908-8706-050403020100")
    #expect(event.idText == "5f1c3d52-aaaa-8bbb-9ccc-00000000000a")
    #expect(event.decidedAt == "2026-11-24T08:15:30.123456Z")
    #expect(event.request == Array(making.request.utf8))
    #expect(event.member("balances") == Array(#"[{"account":"acct-1","balance":8750,"version":3}]"#.utf8))
    #expect(event.member("code") == nil && event.member("nothing") == nil)
    #expect(event.recordKey == Array("acct-1".utf8))
  }

  @Test func `says what was decided first`() throws {
    var making = EventMaking(42, after: 41)
    making.outcome = "duplicate"
    making.first =
      #"{"outcome":"rejected","code":"insufficient_funds","incarnation":1,"partition":3,"offset":41}"#
    #expect(
      try making.event.first
        == FirstDecision(code: "insufficient_funds", incarnation: 1, partition: 3, offset: 41))
    making.first = #"{"outcome":"applied","code":null,"incarnation":1,"partition":3,"offset":41}"#
    #expect(try making.event.first?.code == nil)
    making.first = #"{"outcome":"rejected","code":null,"incarnation":1,"partition":3,"offset":41}"#
    #expect(throws: OutcomeEventError.self) { try making.event }
  }

  @Test func `may have headers and members that nobody knows`() {
    #expect(refusal("teller-later", "x") == nil)
    #expect(refusal { headers, _ in headers.insert(RecordHeader(name: "b3", value: nil), at: 0) } == nil)
    #expect(refusal(replacing: "\"first\"", by: "\"later\":{\"x\":[]},\"first\"") == nil)
  }

  @Test(arguments: [
    "teller-outcome", "teller-event-id", "teller-origin-topic", "teller-origin-partition",
    "teller-origin-offset", "teller-incarnation", "teller-epoch", "teller-history",
  ]) func `is refused without a header that it always has`(_ name: String) {
    #expect(refusal(name, nil)?.code == .missing)
    #expect(refusal(name, nil)?.part == name)
    let twice = refusal { headers, _ in headers.append(RecordHeader(name: name, value: [0x31])) }
    #expect(twice?.code == .repeated)
    let null = refusal { headers, _ in
      headers.removeAll { $0.name == name }
      headers.append(RecordHeader(name: name, value: nil))
    }
    #expect(null?.code == .malformed)
  }

  @Test(arguments: [
    ("teller-outcome", "applyed"), ("teller-event-id", "5f1c3d52"), ("teller-origin-partition", "+1"),
    ("teller-origin-partition", "2147483648"), ("teller-origin-offset", "-1"), ("teller-origin-offset", ""),
    ("teller-origin-offset", "9223372036854775808"), ("teller-previous-offset", "1.0"),
    ("teller-epoch", " 7"),
    ("teller-history", "1"), ("teller-history", "1:"), ("teller-history", ":x"),
    ("teller-idempotency-key", ""),
  ]) func `is refused with a header that cannot be`(_ name: String, _ text: String) {
    #expect(refusal(name, text)?.code == .malformed)
    #expect(refusal(name, text)?.part == name)
  }

  @Test func `is refused where it contradicts itself`() {
    #expect(refusal("teller-outcome", "duplicate")?.code == .contradiction)
    #expect(refusal("teller-code", "x")?.code == .contradiction)
    #expect(refusal("teller-previous-offset", "42")?.code == .contradiction)
    #expect(refusal(replacing: "\"code\":null", by: "\"code\":\"x\"")?.code == .contradiction)
    #expect(refusal(replacing: "\"outcome\":\"applied\"", by: "\"outcome\":\"dead\"")?.code == .contradiction)
    #expect(
      refusal { headers, _ in headers[0] = RecordHeader(name: "teller-outcome", value: Array("dead".utf8)) }
        != nil)
  }

  @Test(arguments: [
    "", "null", "[]", "{", #"{"outcome":"applied""#, #"{"a":}"#, #"{"a":1,}"#, #"{"a":[}"#, #"{"a":"\"}"#,
    "{} {}",
    #"{"a" 1}"#, #"{a:1}"#, #"{"a":tru}"#, #"{"\ud800":1}"#, #"{"a":[[1]}"#,
  ]) func `is refused where its value is no object`(_ text: String) {
    #expect(refusal { _, value in value = Array(text.utf8) }?.code == .malformed)
    #expect(refusal { _, value in value = Array(text.utf8) }?.part == "value")
  }

  @Test func `is refused without a value, or a member that it always has`() {
    #expect(refusal { _, value in value = nil }?.code == .missing)
    for name in ["outcome", "code", "decided_at", "request", "first"] {
      #expect(refusal(replacing: "\"\(name)\":", by: "\"x\(name)\":")?.code == .missing)
      #expect(refusal(replacing: "\"\(name)\":", by: "\"\(name)\":null,\"\(name)\":")?.code == .repeated)
    }
    #expect(refusal(replacing: "\"2026-11-24T08:15:30.123456Z\"", by: "7")?.code == .malformed)
  }

  @Test func `never crashes a reader, whatever bytes it has`() {
    var generator = SystemRandomNumberGenerator()
    let good = EventMaking(42, after: 41).value
    for _ in 0..<20_000 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        bytes[place] =
          [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d, 0x2c, 0x3a, 0x75, 0xff].randomElement(using: &generator) ?? 0
      }
      if Bool.random() { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator)) }
      _ = try? OutcomeEvent(key: nil, value: bytes, headers: EventMaking(42, after: 41).headers)
    }
  }
}
