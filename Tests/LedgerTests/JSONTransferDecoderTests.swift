import Ledger
import Teller
import Testing

@Suite struct `A JSON transfer decoder` {
  @Test func `reads the documented transfer`() throws {
    let verdict = decode(Records.transfer)
    let expected = Transfer(
      debitAccount: "acct-00000042", creditAccount: "acct-00000007", amount: 1250,
      currency: try #require(Currency("EUR")))
    #expect(verdict.request == .transfer(expected))
    #expect(verdict.key?.uuidString == "8b1f0c2e-aa00-4f6d-9bcd-0123456789af")
    #expect(verdict.fingerprint?.version == 1)
  }

  @Test func `reads the documented opening`() throws {
    let opening = AccountOpening(
      account: "acct-00000042", currency: try #require(Currency("EUR")), overdraft: 0)
    let verdict = decode(Records.opening)
    #expect(verdict.request == .openAccount(opening))
    #expect(verdict.key?.text == "open-42")
  }

  @Test func `reads every field, escape and spelling`() throws {
    let verdict = decode(Records.elaborate)
    guard case .transfer(let transfer) = verdict.request else {
      Issue.record("dead: \(verdict.reason ?? "")")
      return
    }
    #expect(transfer.debitAccount == "acct-00000042")
    #expect(transfer.creditAccount == "Kasse №7 😀 \"x\\y/\"")
    #expect(transfer.amount == .max)
    #expect(transfer.currency.code == "ABCDEFGH")
    #expect(transfer.detail?.reference == "Rechnung № 7")
    #expect(transfer.detail?.metadata == "{\"a\":[1,-2.5e+10,{\"a\":null}],\"b\":{\"a\":true},\"ü\":\"\\n\"}")
    #expect(transfer.detail?.requestedAt == "2024-02-29T23:59:60.123+01:00")
    #expect(verdict.key?.text == "Bestellung-ä-€-😀")
  }

  @Test func `ignores unknown fields where it is told to`() {
    let value = transfer(["shop": "{\"a\":[1,2]}", "overdraft": "\"x\"", "colour": "\"red\""])
    #expect(decode(value).code == .invalidRequest)
    #expect(decode(value, allowUnknownFields: true).fingerprint == decode(transfer()).fingerprint)
    let twice = "{\"shop\":1,\"sh\\u006fp\":2," + transfer().dropFirst()
    #expect(decode(twice, allowUnknownFields: true).reason == "a field is given twice")
    let inside = transfer(["shop": "{\"a\":1,\"b\":[{\"a\":1,\"a\":2}]}"])
    #expect(decode(inside, allowUnknownFields: true).reason == "a field is given twice")
  }

  @Test func `takes the limits themselves`() {
    let account = String(repeating: "é", count: 64)
    let rows = [
      transfer(["credit_account": "\"\(account)\""]),
      transfer(["amount": "1"]), transfer(["currency": "\"ABC\""]),
      transfer(["reference": "\"\(String(repeating: "r", count: 256))\""]), transfer(["reference": "\"\""]),
      transfer(["metadata": "{\"a\":\"\(String(repeating: "m", count: 4088))\"}"]),
      transfer(["metadata": "{}"]), transfer(["metadata": nested(32)]),
      transfer(["requested_at": "null", "metadata": "null", "reference": "null"]),
      transfer() + String(repeating: " ", count: 65_536 - transfer().utf8.count),
    ]
    for value in rows { #expect(decode(value).reason == nil, "\(value.prefix(200))") }
    let key = String(repeating: "k", count: 128)
    #expect(decode(transfer(["debit_account": "\"\(key)\""]), key: key).request != nil)
  }

  @Test(arguments: [
    "2026-03-01T09:30:00Z", "2026-03-01t09:30:00z", "2000-02-29T00:00:00-23:59",
    "0000-01-01T00:00:00.0+00:00",
    "2016-12-31T23:59:60Z",
  ])
  func `takes RFC 3339 dates`(text: String) {
    #expect(decode(transfer(["requested_at": "\"\(text)\""])).request != nil)
  }

  @Test(arguments: [
    "", "2026-03-01", "2026-03-01 09:30:00Z", "2026-03-01T09:30:00", "2026-03-01T09:30:00+0100",
    "2026-13-01T09:30:00Z", "2026-00-01T09:30:00Z", "2026-02-29T09:30:00Z", "1900-02-29T09:30:00Z",
    "2026-04-31T09:30:00Z", "2026-03-01T24:00:00Z", "2026-03-01T09:60:00Z", "2026-03-01T09:30:60Z",
    "2026-03-01T09:59:61Z", "2026-03-01T09:30:00.Z", "2026-03-01T09:30:00+24:00", "2026-03-01T09:30:00+01:60",
    "2026-03-01T09:30:00Zx", "26-03-01T09:30:00.000Z",
    "2026-03-01T09:30:00.\(String(repeating: "1", count: 50))Z",
  ])
  func `refuses dates that RFC 3339 does not have`(text: String) {
    let verdict = decode(transfer(["requested_at": "\"\(text)\""]))
    #expect(verdict.reason == "field `requested_at` must be an RFC 3339 date and time")
  }
}

/// A `metadata` of so many nested objects and arrays.
func nested(_ levels: Int) -> String {
  "{\"a\":" + String(repeating: "[", count: levels - 1) + String(repeating: "]", count: levels - 1) + "}"
}
