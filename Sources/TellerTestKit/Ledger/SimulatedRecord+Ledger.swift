extension SimulatedRecord {
  /// A transfer as a service would send it.
  public static func transfer(
    _ key: String, from debit: String, to credit: String, _ amount: Int64, currency: String = "EUR"
  ) -> SimulatedRecord {
    SimulatedRecord(
      debit,
      """
      {"idempotency_key":"\(key)","debit_account":"\(debit)","credit_account":"\(credit)",\
      "amount":\(amount),"currency":"\(currency)"}
      """)
  }

  /// An opening as a service would send it.
  public static func opening(
    _ key: String, of account: String, currency: String = "EUR", overdraft: Int64 = 0
  ) -> SimulatedRecord {
    SimulatedRecord(
      account,
      """
      {"type":"open_account","idempotency_key":"\(key)","account":"\(account)","currency":"\(currency)",\
      "overdraft":\(overdraft)}
      """)
  }
}
