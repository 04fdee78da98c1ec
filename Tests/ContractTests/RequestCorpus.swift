/// Requests that Teller takes and refuses, with what a schema can see of it.
enum RequestCorpus {
  private static let opening = """
    {"type":"open_account","idempotency_key":"open-42","account":"acct-00000042","currency":"EUR","overdraft":0}
    """

  private static func text(_ character: String, _ count: Int) -> String {
    "\"" + String(repeating: character, count: count) + "\""
  }

  private static func nested(_ levels: Int) -> String {
    "{\"a\":" + String(repeating: "[", count: levels - 1) + String(repeating: "]", count: levels - 1) + "}"
  }

  /// A transfer of the given fields, each with its value's JSON; a nil value leaves the usual field out.
  private static func transfer(_ changes: KeyValuePairs<String, String?> = [:]) -> String {
    var fields = [
      ("idempotency_key", "\"k-1\""), ("debit_account", "\"acct-00000042\""),
      ("credit_account", "\"acct-00000007\""), ("amount", "1250"), ("currency", "\"EUR\""),
    ]
    for (name, value) in changes {
      fields.removeAll { $0.0 == name }
      if let value { fields.append((name, value)) }
    }
    return "{" + fields.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
  }

  private static func opening(_ old: String, _ new: String) -> String { opening.replacing(old, with: new) }

  /// Taken.
  static let taken: [String] =
    [
      transfer(), opening, opening("\"overdraft\":0", "\"overdraft\":9223372036854775807"),
      transfer(["type": "\"transfer\""]), transfer(["idempotency_key": text("k", 64)]),
      transfer(["idempotency_key": "\"8B1F0C2E-AA00-4F6D-9BCD-0123456789AF\""]),
      transfer(["idempotency_key": "\"a\\nb\""]), transfer(["idempotency_key": "\"Bestellung-ä-😀\""]),
      transfer(["credit_account": text("c", 128)]), transfer(["credit_account": text("é", 64)]),
      transfer(["credit_account": "\"Kasse №7 \\ud83d\\ude00 \\\"x\\\\y\\/\\\"\""]),
      transfer(["credit_account": "\" \""]), transfer(["credit_account": "\"acct-00000042\""]),
      transfer(["amount": "1"]), transfer(["amount": "9223372036854775807"]),
      transfer(["currency": "\"ABC\""]), transfer(["currency": "\"ABCDEFGH\""]),
      transfer(["reference": "\"\""]), transfer(["reference": text("r", 256)]),
      transfer(["reference": "\"a\\nb\\u007f\""]),
      transfer(["reference": "null", "metadata": "null", "requested_at": "null"]),
      transfer(["metadata": "{}"]), transfer(["metadata": nested(32)]),
      transfer(["metadata": "{\"a\":[1,-2.5e+10,{\"a\":null}],\"b\":{\"a\":true},\"ü\":\"\\n\"}"]),
      transfer(["metadata": "{\"a\":\(text("m", 4088))}"]),
      transfer() + String(repeating: " ", count: 65_536 - transfer().utf8.count),
    ]
    + [
      "2026-03-01T09:30:00Z", "2026-03-01t09:30:00z", "2000-02-29T00:00:00-23:59", "2016-12-31T23:59:60Z",
      "0000-01-01T00:00:00.0+00:00", "2024-02-29T23:59:60.123+01:00", "2026-03-01T09:59:60Z",
    ].map { transfer(["requested_at": "\"\($0)\""]) }

  /// Refused, as the schema says.
  static let refused: [String] =
    [
      "", "{\"amount\":12", "not json", transfer(["amount": "01"]), transfer() + "x", transfer(["a": "NaN"]),
      "[\(transfer())]", "\"text\"", "12", "null", "{}",
      transfer(["type": "\"Transfer\""]), transfer(["type": "null"]), transfer(["type": "\"open_account\""]),
      transfer(["amounts": "1"]), transfer(["": "1"]), transfer(["overdraft": "1"]),
      transfer(["account": "\"a\""]), opening("\"overdraft\":0", "\"overdraft\":0,\"amount\":1"),
      opening("\"overdraft\":0", "\"overdraft\":0,\"reference\":\"r\""), opening("\"open_account\"", "null"),
      opening("\"type\":\"open_account\",", ""), opening("\"account\":\"acct-00000042\",", ""),
      opening("\"acct-00000042\"", "[]"), opening(",\"overdraft\":0", ""),
      opening("\"overdraft\":0", "\"overdraft\":-1"), opening("\"overdraft\":0", "\"overdraft\":null"),
      opening("\"overdraft\":0", "\"overdraft\":9223372036854775808"),
    ] + refusedFields.map { transfer([$0.0: $0.1]) }

  private static let refusedFields: [(String, String?)] =
    ["idempotency_key", "debit_account", "credit_account", "amount", "currency"].map { ($0, nil) }
    + ["\"\"", "7", "null", text("k", 65), "\"a\\u0000\""].map { ("idempotency_key", $0) }
    + ["42", "\"\"", "\"a\\n\"", "\"\\na\"", "null"].map { ("debit_account", $0) }
    + [
      "null", "\"a\u{7f}\"", "\"a\u{80}\"", "\"a\u{9f}b\"", "\"\\u0085\"", "\"\\u0000\"", "\"\\u001f\"",
      text("c", 129),
    ].map { ("credit_account", $0) }
    + [
      "0", "-1", "1.5", "\"12\"", "true", "null", "{\"a\":1}", "9223372036854775808",
      String(repeating: "9", count: 300),
    ].map { ("amount", $0) }
    + ["\"eur\"", "\"EU\"", "\"ABCDEFGHI\"", "978", "\"EU1\"", "\"EUR\\n\"", "null"].map { ("currency", $0) }
    + ["7", text("r", 257), "\"a\\u0000\""].map { ("reference", $0) }
    + ["[]", "\"{}\"", "7", "{\"a\":{\"\\u0000\":1}}", "{\"a\":[[\"\\u0000\"]]}"].map { ("metadata", $0) }
    + ["1700000000", text("2", 65)].map { ("requested_at", $0) }
    + [
      "", "2026-03-01", "2026-03-01 09:30:00Z", "2026-03-01T09:30:00", "2026-03-01T09:30:00+0100",
      "2026-13-01T09:30:00Z", "2026-00-01T09:30:00Z", "2026-03-01T24:00:00Z", "2026-03-01T09:60:00Z",
      "2026-03-01T09:30:60Z", "2026-03-01T09:59:61Z", "2026-03-01T09:30:00.Z", "2026-03-01T09:30:00+24:00",
      "2026-03-01T09:30:00Zx", "2026-03-01T09:30:00Z\\n", "26-03-01T09:30:00.000Z",
    ].map { ("requested_at", "\"\($0)\"") }

  /// Refused, and no schema can say so: `request.schema.json` says it in words.
  static let unseen: [String] =
    [
      transfer(["amount": "1.0"]), transfer(["amount": "1e3"]),
      "{\"amount\":1250," + transfer().dropFirst(), transfer(["metadata": "{\"a\":1,\"\\u0061\":1}"]),
      transfer(["idempotency_key": text("é", 33)]), transfer(["credit_account": text("é", 65)]),
      transfer(["reference": text("é", 129)]), transfer(["reference": "\"\\ud800\""]),
      transfer(["metadata": nested(33)]), transfer(["metadata": "{\"a\":\(text("m", 4089))}"]),
      transfer(["requested_at": "\"2026-02-29T09:30:00Z\""]),
      transfer(["requested_at": "\"2026-04-31T09:30:00Z\""]),
      transfer() + String(repeating: " ", count: 65_536), transfer(["debit_account": "\"another\""]),
    ]
}
