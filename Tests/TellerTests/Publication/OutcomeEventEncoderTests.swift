import Foundation
import Testing

@testable import Teller

@Suite struct `An event as it is written` {
  private static let history = HistoryIdentity(number: 3, id: 0x0123_4567_89ab_4def_8123_4567_89ab_cdef)

  private static func batch(
    told: Told, key: IdempotencyKey? = IdempotencyKey(bits: 1, text: "order-1"),
    recordKey: String? = "acct-1",
    request: String = #"{"amount":1}"#, effect: String = "", trace: String? = nil
  ) -> DecidedBatch {
    var batch = DecidedBatch(
      partition: 3, incarnation: 2, epoch: 17, history: 3, decidedAt: 1_700_000_000_000_001, range: 40..<50)
    batch.append(offset: 42, told: told, key: key, trace: trace.map { Array($0.utf8) }) { bytes in
      bytes += Array((recordKey ?? "").utf8) + Array(request.utf8) + Array(effect.utf8)
      return (recordKey?.utf8.count ?? -1, request.utf8.count, effect.utf8.count)
    }
    return batch
  }

  private static func encoded(
    _ batch: DecidedBatch, previous: Int64? = 41, withRequest: Bool = true,
    noEffect: String = #""balances":null"#
  ) -> (headers: [(String, String)], key: String?, value: String) {
    var encoder = OutcomeEventEncoder(topic: "transfers", noEffect: noEffect)
    encoder.begin(batch, history)
    encoder.encode(batch.entries[0], of: batch, previous: previous, withRequest: withRequest)
    let draft = encoder.draft
    func text(_ range: Range<Int>) -> String { String(decoding: draft.bytes[range], as: UTF8.self) }
    return (
      draft.headers.map { (text($0.name), $0.value.map(text) ?? "null") }, draft.key.map(text),
      draft.value.map(text) ?? ""
    )
  }

  @Test func `of an applied transfer tells everything that the format names`() {
    let batch = Self.batch(told: .applied, effect: #""balances":[1]"#, trace: "00-abc")
    let event = Self.encoded(batch)
    let headers = Dictionary(event.headers) { first, _ in first }
    #expect(
      headers == [
        "teller-outcome": "applied", "teller-event-id": headers["teller-event-id"] ?? "",
        "teller-idempotency-key": "order-1", "teller-origin-topic": "transfers",
        "teller-origin-partition": "3", "teller-origin-offset": "42", "teller-previous-offset": "41",
        "teller-incarnation": "2", "teller-epoch": "17",
        "teller-history": "3:01234567-89ab-4def-8123-456789abcdef", "traceparent": "00-abc",
      ])
    #expect(event.headers.count == headers.count)
    #expect(event.key == "acct-1")
    let parts = [
      #"{"outcome":"applied","code":null,"decided_at":"2023-11-14T22:13:20.000001Z","#,
      #""request":{"amount":1},"balances":[1],"first":null}"#,
    ]
    #expect(event.value == parts.joined())
  }

  @Test func `of a repeat tells the first outcome and where it was decided`() {
    let first = FirstDecision(code: "insufficient_funds", incarnation: 1, partition: 2, offset: 7)
    let duplicate = Self.encoded(Self.batch(told: .duplicate(first)))
    #expect(
      duplicate.value.hasSuffix(
        #""balances":null,"first":{"outcome":"rejected","code":"insufficient_funds","incarnation":1,"partition":2,"offset":7}}"#
      ))
    #expect(!duplicate.headers.contains { $0.0 == "teller-code" })
    let reused = Self.encoded(Self.batch(told: .reused(first)))
    #expect(reused.value.hasPrefix(#"{"outcome":"rejected","code":"idempotency_key_reused""#))
    #expect(reused.headers.contains { $0 == ("teller-code", "idempotency_key_reused") })
  }

  @Test func `of a dead record has no request, and a UUID key is written in lower case`() {
    let key = IdempotencyKey(bits: 0xABCD_EF01_2345_4789_8ABC_DEF0_1234_5678)
    let event = Self.encoded(Self.batch(told: .dead(code: "misrouted"), key: key, request: ""))
    #expect(event.value.contains(#""request":null"#))
    #expect(
      event.headers.contains { $0 == ("teller-idempotency-key", "abcdef01-2345-4789-8abc-def012345678") })
  }

  @Test func `that is the first of its partition names none before it, and a null key stays null`() {
    let event = Self.encoded(Self.batch(told: .applied, key: nil, recordKey: nil), previous: nil)
    #expect(!event.headers.contains { $0.0 == "teller-previous-offset" || $0.0 == "teller-idempotency-key" })
    #expect(event.key == nil)
  }

  @Test func `that would be too large goes without its request`() {
    #expect(Self.encoded(Self.batch(told: .applied), withRequest: false).value.contains(#""request":null"#))
  }

  @Test func `of a handler without effects has no member for them`() {
    let event = Self.encoded(Self.batch(told: .applied), noEffect: "")
    #expect(event.value.hasSuffix(#""request":{"amount":1},"first":null}"#))
  }

  @Test func `has the id of its name, another in another history`() {
    let id = Self.encoded(Self.batch(told: .applied)).headers.first { $0.0 == "teller-event-id" }?.1
    let bits = EventID.bits(
      history: Self.history.id, topic: "transfers", incarnation: 2, partition: 3, offset: 42)
    #expect(id == IdempotencyKey(bits: bits).uuidString)
    #expect(
      bits != EventID.bits(history: 1, topic: "transfers", incarnation: 2, partition: 3, offset: 42))
  }
}

@Suite struct `A dead letter` {
  private static let record = DeadRecord(
    offset: 42, timestamp: 0, cause: DeadLetterCause(.undecodable, "it is no JSON"), idempotencyKey: nil,
    key: Array("acct-1".utf8), value: [0xff, 0x00],
    headers: [RecordHeader(name: "a", value: [1]), RecordHeader(name: "a", value: nil)])

  private static func draft(asPointer: Bool, of record: DeadRecord = record) -> EventDraft {
    let batch = DecidedBatch(
      partition: 3, incarnation: 1, epoch: 1, history: 1, decidedAt: 0, range: 42..<43)
    var encoder = DeadLetterEncoder(topic: "transfers")
    encoder.encode(record, of: batch, HistoryIdentity(number: 1, id: 5), asPointer: asPointer)
    return encoder.draft
  }

  @Test func `is the record as it was, with the reasons behind its own headers`() {
    let draft = Self.draft(asPointer: false)
    #expect(draft.value.map { Array(draft.bytes[$0]) } == [0xff, 0x00])
    #expect(draft.key.map { Array(draft.bytes[$0]) } == Array("acct-1".utf8))
    let names = draft.headers.map { String(decoding: draft.bytes[$0.name], as: UTF8.self) }
    #expect(
      names == [
        "a", "a", "teller-code", "teller-reason", "teller-origin-topic", "teller-origin-partition",
        "teller-origin-offset", "teller-incarnation", "teller-history", "teller-event-id",
      ])
    #expect(draft.headers[1].value == nil)
  }

  @Test func `that is too large points to its row`() {
    let draft = Self.draft(asPointer: true)
    let value = draft.value.map { String(decoding: draft.bytes[$0], as: UTF8.self) }
    #expect(
      value
        == #"{"table":"teller.dead_letter","topic":"transfers","incarnation":1,"partition":3,"offset":42,"key_bytes":6,"value_bytes":2}"#
    )
    let names = draft.headers.map { String(decoding: draft.bytes[$0.name], as: UTF8.self) }
    #expect(names.last == "teller-pointer")
    #expect(!names.contains("a"))
  }

  @Test func `points to a row without key or value as such`() {
    let empty = DeadRecord(
      offset: 42, timestamp: 0, cause: DeadLetterCause(.misrouted, "it has no key"), idempotencyKey: nil,
      key: nil, value: nil, headers: [])
    let draft = Self.draft(asPointer: true, of: empty)
    let value = draft.value.map { String(decoding: draft.bytes[$0], as: UTF8.self) }
    #expect(value?.hasSuffix(#""offset":42,"key_bytes":null,"value_bytes":null}"#) == true)
    #expect(draft.key == nil)
  }
}
