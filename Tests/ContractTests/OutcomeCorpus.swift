/// Values of outcome events, right and wrong.
enum OutcomeCorpus {
  private static let request = """
    {"idempotency_key":"k","debit_account":"a","credit_account":"b","amount":1,"currency":"EUR"}
    """
  private static let balances =
    #"[{"account":"a","balance":-1,"version":3},{"account":"b","balance":1,"version":1}]"#
  private static let decided = #"{"outcome":"applied","code":null,"incarnation":1,"partition":3,"offset":41}"#

  /// An event with every member; `code` as a word, nil for null.
  static func event(
    _ outcome: String, code: String? = nil, decidedAt: String = "2026-11-24T08:15:30.123456Z",
    request: String = "null", balances: String = "null", first: Bool = false, firstIs: String = decided
  ) -> String {
    """
    {"outcome":"\(outcome)","code":\(code.map { "\"\($0)\"" } ?? "null"),"decided_at":"\(decidedAt)",\
    "request":\(request),"balances":\(balances),"first":\(first ? firstIs : "null")}
    """
  }

  static let valid = [
    event("applied", request: request, balances: balances), event("applied", balances: balances),
    event("rejected", code: "insufficient_funds", request: request),
    event("rejected", code: "idempotency_key_reused", request: request, first: true),
    event("duplicate", request: request, first: true),
    event(
      "duplicate", first: true,
      firstIs: decided.replacing(
        "\"applied\",\"code\":null", with: "\"rejected\",\"code\":\"account_exists\"")),
    event("dead", code: "undecodable"),
    event("dead", code: "misrouted").replacing("{\"outcome\"", with: "{\"of_a_later_release\":1,\"outcome\""),
  ]

  static let invalid =
    [
      event("Applied", balances: balances), event("applied"), event("applied", code: "x", balances: balances),
      event("applied", balances: "[]"), event("applied", balances: balances, first: true),
      event("applied", request: "{}", balances: balances),
      event("applied", request: "\"text\"", balances: balances),
      event("applied", balances: balances.replacing("-1", with: "1.5")),
      event("applied", balances: balances.replacing("\"version\":3", with: "\"version\":-3")),
      event("applied", decidedAt: "2026-11-24T08:15:30Z", balances: balances),
      event("applied", decidedAt: "2026-11-24T08:15:30.123456+01:00", balances: balances),
      event("rejected"), event("rejected", code: "insufficient_funds", balances: balances),
      event("rejected", code: "idempotency_key_reused"), event("rejected", code: "misrouted"),
      event("rejected", code: "insufficient_funds", first: true),
      event("duplicate"), event("duplicate", code: "account_exists", first: true),
      event("duplicate", first: true, firstIs: decided.replacing("applied", with: "duplicate")),
      event("duplicate", first: true, firstIs: decided.replacing("applied", with: "rejected")),
      event("duplicate", first: true, firstIs: decided.replacing("\"offset\":41", with: "\"offset\":-1")),
      event("dead"), event("dead", code: "insufficient_funds"),
      event("dead", code: "undecodable", request: request), event("dead", code: "undecodable", first: true),
      "null", "[]",
    ]
    + ["outcome", "code", "decided_at", "request", "balances", "first"].map {
      event("dead", code: "misrouted").replacing("\"\($0)\"", with: "\"_\"")
    }
}
