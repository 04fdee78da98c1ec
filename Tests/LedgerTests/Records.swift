import Ledger
import Teller

/// Records to decode, and what came of them.
enum Records {
  static let key = "acct-00000042"
  static let transfer = """
    {"idempotency_key":"8b1f0c2e-aa00-4f6d-9bcd-0123456789af","debit_account":"acct-00000042",\
    "credit_account":"acct-00000007","amount":1250,"currency":"EUR"}
    """
  static let opening = """
    {"type":"open_account","idempotency_key":"open-42","account":"acct-00000042",\
    "currency":"EUR","overdraft":0}
    """
  /// Every field, escapes in a name and a value, characters of two to four bytes, a pair, white space.
  static let elaborate = """
     { "type" : "transfer" ,"idempotency_key":"Bestellung-ä-€-😀", "debit_acc\\u006funt":"acct-0000004\\u0032",
    \t"credit_account":"Kasse №7 \\ud83d\\ude00 \\"x\\\\y\\/\\"", "amount":9223372036854775807,\
    "currency":"ABCDEFGH",
    "reference":"Rechnung № 7","metadata":{"a":[1,-2.5e+10,{"a":null}],"b":{"a":true},"ü":"\\n"},
    "requested_at":"2024-02-29T23:59:60.123+01:00"} \r\n
    """
}

/// A decoder's verdict in a shape that tests can compare.
struct Verdict: Equatable {
  var request: LedgerRequest?
  var key: IdempotencyKey?
  var fingerprint: Fingerprint?
  var code: DeadLetterCause.Code?
  var reason: String?
}

func decode(
  _ value: [UInt8], key: String = Records.key, allowUnknownFields: Bool = false
) -> Verdict {
  var decoder = JSONTransferDecoder(topic: "transfers", allowUnknownFields: allowUnknownFields)
  return decode(value, key: key, with: &decoder)
}

func decode(_ value: [UInt8], key: String = Records.key, with decoder: inout JSONTransferDecoder) -> Verdict {
  switch decoder.decode(key: Array(key.utf8).span.bytes, value: value.span.bytes) {
  case .job(let request, let key, let fingerprint):
    Verdict(request: request, key: key, fingerprint: fingerprint)
  case .dead(let cause, let key):
    Verdict(key: key, code: cause.code, reason: cause.reason)
  }
}

func decode(_ value: String, key: String = Records.key, allowUnknownFields: Bool = false) -> Verdict {
  decode(Array(value.utf8), key: key, allowUnknownFields: allowUnknownFields)
}

/// A transfer of the given fields, each with its value's JSON; a nil value leaves the usual field out.
func transfer(_ changes: KeyValuePairs<String, String?> = [:], key: String = "\"k-1\"") -> String {
  var fields: [(String, String)] = [
    ("idempotency_key", key), ("debit_account", "\"acct-00000042\""), ("credit_account", "\"acct-00000007\""),
    ("amount", "1250"), ("currency", "\"EUR\""),
  ]
  for (name, value) in changes {
    if let place = fields.firstIndex(where: { $0.0 == name }) {
      if let value { fields[place].1 = value } else { fields.remove(at: place) }
    } else if let value {
      fields.append((name, value))
    }
  }
  return "{" + fields.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
}
