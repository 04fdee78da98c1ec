import Teller

/// An event as a publisher makes it, each part of which a test may change.
struct EventMaking {
  var outcome = "applied"
  var code: String?
  var key: String? = "order-1"
  var topic = "transfers"
  var partition: Int32 = 0
  var offset: Int64
  var previous: Int64?
  var incarnation: Int32 = 1
  var history: Int32 = 1
  var historyID = "0f0e0d0c-0b0a-4908-8706-050403020100"
  var request = #"{"idempotency_key":"order-1","debit_account":"acct-1"}"#
  var first = "null"

  init(_ offset: Int64, after previous: Int64? = nil, history: Int32 = 1, incarnation: Int32 = 1) {
    self.offset = offset
    self.previous = previous
    self.history = history
    self.incarnation = incarnation
  }

  var headers: [RecordHeader] {
    var headers = [header("teller-outcome", outcome)]
    if let code { headers.append(header("teller-code", code)) }
    headers.append(header("teller-event-id", "5f1c3d52-aaaa-8bbb-9ccc-00000000000a"))
    if let key { headers.append(header("teller-idempotency-key", key)) }
    headers += [
      header("teller-origin-topic", topic), header("teller-origin-partition", "\(partition)"),
      header("teller-origin-offset", "\(offset)"),
    ]
    if let previous { headers.append(header("teller-previous-offset", "\(previous)")) }
    headers += [
      header("teller-incarnation", "\(incarnation)"), header("teller-epoch", "7"),
      header("teller-history", "\(history):\(historyID)"),
    ]
    return headers
  }

  var value: [UInt8] {
    let code = code.map { "\"\($0)\"" } ?? "null"
    return Array(
      (#"{"outcome":"\#(outcome)","code":\#(code),"decided_at":"2026-11-24T08:15:30.123456Z","#
        + #""request":\#(request),"balances":[{"account":"acct-1","balance":8750,"version":3}],"first":\#(first)}"#)
        .utf8)
  }

  var event: OutcomeEvent {
    get throws { try OutcomeEvent(key: Array("acct-1".utf8), value: value, headers: headers) }
  }

  private func header(_ name: String, _ value: String) -> RecordHeader {
    RecordHeader(name: name, value: Array(value.utf8))
  }
}
