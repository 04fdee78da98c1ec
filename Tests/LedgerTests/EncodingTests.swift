import Ledger
import Teller
import Testing

@Suite struct `An encoded request` {
  private let euro = Currency("EUR")

  private func transfer(
    debit: String = "acct-1", credit: String = "acct-2", amount: Int64 = 5, reference: String? = nil,
    metadata: String? = nil, requestedAt: String? = nil
  ) throws -> LedgerRequest {
    let detail = TransferDetail(reference: reference, metadata: metadata, requestedAt: requestedAt)
    let isPlain = reference == nil && metadata == nil && requestedAt == nil
    return .transfer(
      Transfer(
        debitAccount: debit, creditAccount: credit, amount: amount, currency: try #require(euro),
        detail: isPlain ? nil : detail))
  }

  private func refusal(_ request: LedgerRequest, key: String = "k-1") -> RequestError.Code? {
    do throws(RequestError) {
      _ = try EncodedRequest(request, idempotencyKey: key, topic: "transfers")
      return nil
    } catch {
      return error.code
    }
  }

  /// What a worker makes of it: the same request.
  private func expectRoundTrip(_ request: LedgerRequest, key: String = "k-1") throws {
    let encoded = try EncodedRequest(request, idempotencyKey: key, topic: "transfers")
    var decoder = JSONTransferDecoder(topic: "transfers")
    guard
      case .job(let read, let readKey, _) = decoder.decode(
        key: encoded.key.span.bytes, value: encoded.value.span.bytes)
    else {
      Issue.record("a worker refuses \(String(decoding: encoded.value, as: UTF8.self))")
      return
    }
    #expect(read == request && readKey == encoded.idempotencyKey)
    let again = try EncodedRequest(key: encoded.key, value: encoded.value, topic: "transfers")
    #expect(again == encoded)
  }

  @Test func `is the bytes that the format shows`() throws {
    let encoded = try EncodedRequest(transfer(), idempotencyKey: "k-1", topic: "transfers")
    #expect(
      String(decoding: encoded.value, as: UTF8.self)
        == #"{"idempotency_key":"k-1","debit_account":"acct-1","credit_account":"acct-2","amount":5,"currency":"EUR"}"#
    )
    #expect(encoded.key == Array("acct-1".utf8))
  }

  @Test func `is read by a worker as what it was made of`() throws {
    let texts = ["a", "ä€😀", "\"\\/\u{1}\u{7f}\u{85}\n\r\t\u{2028}", String(repeating: "\"", count: 128)]
    for reference in texts + ["", String(repeating: "\u{1}", count: 256)] {
      try expectRoundTrip(transfer(reference: reference))
    }
    for id in ["a", "ä€😀", "\"\\/", String(repeating: "\"", count: 128)] {
      try expectRoundTrip(transfer(debit: id, credit: id + ""))
      try expectRoundTrip(
        .openAccount(AccountOpening(account: id, currency: try #require(euro), overdraft: 0)))
    }
    for key in ["k", "8B1F0C2E-aa00-4f6d-9bcd-0123456789af", "\"\\ä\n", String(repeating: "€", count: 21)] {
      try expectRoundTrip(transfer(), key: key)
    }
    try expectRoundTrip(transfer(amount: .max, metadata: "{\"a\":[{}]}", requestedAt: "2026-11-24T00:00:00Z"))
    let largest = "{\"a\":\"" + String(repeating: "x", count: 4096 - 8) + "\"}"
    try expectRoundTrip(transfer(reference: String(repeating: "\u{1}", count: 256), metadata: largest))
  }

  @Test func `is refused where a worker would refuse it`() throws {
    for id in ["", "a\u{0}", "a\n", "\u{85}", String(repeating: "x", count: 129)] {
      #expect(try refusal(transfer(debit: id)) == .debitAccount)
      #expect(try refusal(transfer(credit: id)) == .creditAccount)
      let opening = AccountOpening(account: id, currency: try #require(euro), overdraft: 0)
      #expect(refusal(.openAccount(opening)) == .account)
    }
    #expect(try refusal(transfer(amount: 0)) == .amount)
    #expect(try refusal(transfer(amount: .min)) == .amount)
    #expect(try refusal(transfer(reference: String(repeating: "x", count: 257))) == .reference)
    #expect(try refusal(transfer(reference: "\u{0}")) == .reference)
    #expect(try refusal(transfer(requestedAt: "yesterday")) == .requestedAt)
    #expect(
      try refusal(transfer(requestedAt: "2026-11-24T00:00:00.\(String(repeating: "0", count: 50))Z"))
        == .requestedAt)
    let opening = AccountOpening(account: "a", currency: try #require(euro), overdraft: -1)
    #expect(refusal(.openAccount(opening)) == .overdraft)
    for key in ["", "\u{0}", String(repeating: "x", count: 65)] {
      #expect(try refusal(transfer(), key: key) == .idempotencyKey)
    }
  }

  @Test func `has metadata that are one object, and no way out of it`() throws {
    for metadata in ["", "[]", "1", "null", "{", "{} {}", "{}}", "{},\"amount\":7", "{\"a\":}", "{'a':1}"] {
      #expect(try refusal(transfer(metadata: metadata)) == .metadata)
    }
    #expect(try refusal(transfer(metadata: "{\"a\":1,\"a\":2}")) == .metadataText)
    #expect(try refusal(transfer(metadata: "{\"a\":\"\\u0000\"}")) == .metadataText)
    let deep = { String(repeating: "{\"a\":", count: $0) + "1" + String(repeating: "}", count: $0) }
    #expect(try refusal(transfer(metadata: deep(33))) == .metadataTooDeep)
    #expect(try refusal(transfer(metadata: deep(32))) == nil)
    #expect(
      try refusal(transfer(metadata: "{\"a\":\"\(String(repeating: "x", count: 4096))\"}"))
        == .metadataTooLarge)
  }

  @Test func `is not made of bytes that are none`() {
    let error = #expect(throws: RequestError.self) {
      try EncodedRequest(key: Array("acct-1".utf8), value: Array("{}".utf8), topic: "transfers")
    }
    #expect(error?.code == .notARequest)
  }

  @Test func `has a drawn key that tells its time and is one of a kind`() {
    var generator = SystemRandomNumberGenerator()
    let keys = (0..<1_000).map { IdempotencyKey.random(at: 1_700_000_000_000 + $0, using: &generator) }
    #expect(Set(keys).count == 1_000)
    #expect(keys.map(\.uuidString) == keys.map(\.uuidString).sorted())
    #expect(keys.allSatisfy { $0.bits >> 76 & 15 == 7 && $0.bits >> 62 & 3 == 2 })
    #expect(keys[0].uuidString.hasPrefix("018bcfe5-6800-7"))
  }
}
