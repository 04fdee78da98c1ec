import Teller
import Testing

@testable import Ledger

/// One row per way in which a record is dead.
private struct Row: CustomTestStringConvertible {
  var code: DeadLetterCause.Code
  var reason: String
  var value: String
  var key = Records.key
  /// Whether the dead letter shows the idempotency key.
  var showsKey = true
  var testDescription: String { "\(code.rawValue): \(value.prefix(100))" }

  init(_ flaw: RequestFlaw, _ value: String, showsKey: Bool = true) {
    (code, reason, self.value, self.showsKey) = (.invalidRequest, flaw.sentence, value, showsKey)
  }

  init(_ defect: JSONDefect, _ value: String) {
    (code, reason, self.value, showsKey) = (.undecodable, defect.sentence, value, false)
  }

  init(_ code: DeadLetterCause.Code, _ reason: String, _ value: String, key: String, showsKey: Bool) {
    (self.code, self.reason, self.value, self.key, self.showsKey) = (code, reason, value, key, showsKey)
  }
}

private let misrouted = "the record's key is not the account that is debited or opened"
private let opening = Records.opening
private func opening(_ old: String, _ new: String) -> String { opening.replacing(old, with: new) }

private let rows: [Row] = [
  Row(
    .tooLarge, "the value is over 64 KiB", transfer() + String(repeating: " ", count: 65_536), key: "",
    showsKey: false),
  Row(
    .tooLarge, "the record's key is over 128 bytes", transfer(), key: String(repeating: "k", count: 129),
    showsKey: false),
  Row(.misrouted, misrouted, transfer(), key: "acct-00000043", showsKey: true),
  Row(.misrouted, misrouted, transfer(), key: "acct-0000004", showsKey: true),
  Row(.misrouted, misrouted, transfer(), key: "", showsKey: true),
  Row(.misrouted, misrouted, opening, key: "acct-00000043", showsKey: true),
  Row(.misrouted, misrouted, transfer(["debit_account": "\"\\u00e9\""]), key: "e\u{301}", showsKey: true),
  // Undecodable
  Row(.truncated, ""), Row(.truncated, " \n"), Row(.truncated, "{\"amount\":12"), Row(.truncated, "tru"),
  Row(.syntax, "not json"), Row(.syntax, "{'amount':1}"), Row(.syntax, "{\"amount\":01}"),
  Row(.syntax, "{,}"),
  Row(.syntax, "{\"amount\":1,}"), Row(.syntax, "{\"amount\" 1}"), Row(.syntax, "{\"a\":\"\t\"}"),
  Row(.syntax, "{\"a\":\"\\x\"}"), Row(.syntax, "{\"a\":\"\\u12g4\"}"), Row(.syntax, "{\"a\":[1,]}"),
  Row(.syntax, "{\"a\":[}"), Row(.syntax, "{\"a\":{]}"), Row(.syntax, "{\"a\":1.}"),
  Row(.syntax, "{\"a\":.5}"),
  Row(.syntax, "{\"a\":1e}"), Row(.syntax, "{\"a\":-}"), Row(.syntax, "{\"a\":NaN}"),
  Row(.syntax, "{\"a\":+1}"),
  Row(.syntax, "{\"a\":nulL}"), Row(.syntax, "{1:2}"), Row(.syntax, "{\"a\":[1 2]}"),
  Row(.syntax, "\u{feff}" + transfer()), Row(.syntax, "{\"a\":\"\u{0}\"}"),
  Row(.trailing, transfer() + "x"), Row(.trailing, transfer() + transfer()),
  Row(.trailing, transfer() + "\u{0}"),
  // Invalid
  Row(.notAnObject, "[\(transfer())]", showsKey: false), Row(.notAnObject, "\"text\"", showsKey: false),
  Row(.notAnObject, "12", showsKey: false), Row(.notAnObject, "null", showsKey: false),
  Row(.refusedText, transfer(["reference": "\"a\\u0000\""])),
  Row(.refusedText, transfer(["reference": "\"\\ud800\""])),
  Row(.refusedText, transfer(["reference": "\"\\udc00\\ud800\""])),
  Row(.refusedText, transfer(["reference": "\"\\ud800\\ud800\\udc00\""])),
  Row(.refusedText, transfer(["metadata": "{\"a\":{\"\\u0000\":1}}"])),
  Row(.refusedText, transfer(["a\\ud801": "1"])),
  Row(.refusedText, transfer(key: "\"a\\u0000\""), showsKey: false),
  Row(.repeatedName, "{\"amount\":1250," + transfer().dropFirst()),
  Row(.repeatedName, "{\"\\u0061mount\":1250," + transfer().dropFirst()),
  Row(.repeatedName, "{\"idempotency_key\":\"k-1\"," + transfer().dropFirst(), showsKey: false),
  Row(.repeatedName, transfer(["metadata": "{\"a\":1,\"\\u0061\":1}"])),
  Row(.repeatedName, transfer(["metadata": "{\"x\":[[{\"b\":{\"a\":1,\"c\":{\"a\":1},\"a\":1}}]]}"])),
  Row(.type, transfer(["type": "\"Transfer\""])), Row(.type, transfer(["type": "null"])),
  Row(.type, transfer(["type": "1"])),
  Row(.unknownField, transfer(["amounts": "1"])), Row(.unknownField, transfer(["": "1"])),
  Row(.unknownField, transfer(["Amount": "1"])), Row(.unknownField, transfer(["overdraft": "1"])),
  Row(.unknownField, opening("\"overdraft\":0", "\"overdraft\":0,\"amount\":1")),
  Row(.unknownField, opening("\"overdraft\":0", "\"overdraft\":0,\"reference\":\"r\"")),
  Row(.noIdempotencyKey, transfer(["idempotency_key": nil]), showsKey: false),
  Row(.noIdempotencyKey, "{}", showsKey: false),
  Row(.idempotencyKey, transfer(key: "\"\""), showsKey: false),
  Row(.idempotencyKey, transfer(key: "7"), showsKey: false),
  Row(.idempotencyKey, transfer(key: "\"\(String(repeating: "k", count: 65))\""), showsKey: false),
  Row(.noDebitAccount, transfer(["debit_account": nil])),
  Row(.debitAccount, transfer(["debit_account": "42"])),
  Row(.debitAccount, transfer(["debit_account": "\"\""])),
  Row(.debitAccount, transfer(["debit_account": "\"a\\n\""])),
  Row(.noCreditAccount, transfer(["credit_account": nil])),
  Row(.creditAccount, transfer(["credit_account": "null"])),
  Row(.creditAccount, transfer(["credit_account": "\"a\u{7f}\""])),
  Row(.creditAccount, transfer(["credit_account": "\"a\u{80}\""])),
  Row(.creditAccount, transfer(["credit_account": "\"a\u{9f}b\""])),
  Row(.creditAccount, transfer(["credit_account": "\"\\u0085\""])),
  Row(.creditAccount, transfer(["credit_account": "\"\(String(repeating: "c", count: 129))\""])),
  Row(.noAccount, opening("\"account\":\"acct-00000042\",", "")),
  Row(.account, opening("\"acct-00000042\"", "[]")),
  Row(.noAmount, transfer(["amount": nil])), Row(.amount, transfer(["amount": "0"])),
  Row(.amount, transfer(["amount": "-1"])), Row(.amount, transfer(["amount": "1.0"])),
  Row(.amount, transfer(["amount": "1e3"])), Row(.amount, transfer(["amount": "\"12\""])),
  Row(.amount, transfer(["amount": "true"])), Row(.amount, transfer(["amount": "null"])),
  Row(.amount, transfer(["amount": "{\"a\":1}"])), Row(.amount, transfer(["amount": "9223372036854775808"])),
  Row(.amount, transfer(["amount": "92233720368547758070"])),
  Row(.amount, transfer(["amount": "18446744073709551617"])),
  Row(.amount, transfer(["amount": String(repeating: "9", count: 300)])),
  Row(.noCurrency, transfer(["currency": nil])), Row(.currency, transfer(["currency": "\"eur\""])),
  Row(.currency, transfer(["currency": "\"EU\""])), Row(.currency, transfer(["currency": "\"ABCDEFGHI\""])),
  Row(.currency, transfer(["currency": "978"])), Row(.currency, transfer(["currency": "\"EU1\""])),
  Row(.noOverdraft, opening(",\"overdraft\":0", "")),
  Row(.overdraft, opening("\"overdraft\":0", "\"overdraft\":-1")),
  Row(.overdraft, opening("\"overdraft\":0", "\"overdraft\":null")),
  Row(.reference, transfer(["reference": "7"])),
  Row(.reference, transfer(["reference": "\"\(String(repeating: "r", count: 257))\""])),
  Row(.metadata, transfer(["metadata": "[]"])), Row(.metadata, transfer(["metadata": "\"{}\""])),
  Row(.metadataTooLarge, transfer(["metadata": "{\"a\":\"\(String(repeating: "m", count: 4089))\"}"])),
  Row(.metadataTooDeep, transfer(["metadata": nested(33)])),
  Row(.requestedAt, transfer(["requested_at": "1700000000"])),
]

@Suite struct `A dead record` {
  @Test(arguments: rows)
  fileprivate func `has its code, its reason and its key`(row: Row) {
    let verdict = decode(row.value, key: row.key)
    #expect(verdict.code == row.code)
    #expect(verdict.reason == row.reason)
    #expect((verdict.key != nil) == row.showsKey)
  }

  @Test func `has a row for every code and every reason`() {
    // `refused_by_database` is found by the engine; bytes that are not UTF-8 have their own test below.
    let codes = Set(rows.map(\.code))
    #expect(codes == Set(DeadLetterCause.Code.allCases).subtracting([.refusedByDatabase]))
    let reasons = Set(rows.map(\.reason))
    for flaw in RequestFlaw.allCases { #expect(reasons.contains(flaw.sentence), "\(flaw)") }
  }

  @Test(
    arguments: [
      [0xff], [0x80], [0xc0, 0x80], [0xc1, 0xbf], [0xe0, 0x9f, 0xbf], [0xed, 0xa0, 0x80],
      [0xf0, 0x8f, 0xbf, 0xbf],
      [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x82], [0xe2, 0x82, 0x41],
      [0xf0, 0x9f, 0x98],
    ] as [[UInt8]])
  func `is undecodable where it is not UTF-8`(bytes: [UInt8]) {
    let value = Array(transfer(["reference": "\"12345678#\""]).utf8)
    let place = value.firstIndex(of: UInt8(ascii: "#")) ?? 0
    let verdict = decode(Array(value[..<place]) + bytes + Array(value[(place + 1)...]))
    #expect(verdict == Verdict(code: .undecodable, reason: "the value is not UTF-8"))
  }

  @Test func `is undecodable before anything else is wrong with it`() {
    for wrong in ["{\"x\":1,\"x\":2}x", "[1]x", "{\"amount\":-1} {}", "{\"a\":\"\\ud800\",}", "{\"type\":7"] {
      #expect(decode(wrong).code == .undecodable)
    }
    // Shape goes before the record's key.
    #expect(decode(transfer(["amount": "0"]), key: "other").code == .invalidRequest)
  }

  @Test func `says nothing of the record's contents`() {
    for row in rows where row.code != .tooLarge {
      #expect(!(decode(row.value, key: row.key).reason ?? "").contains("acct-0"))
    }
  }
}
