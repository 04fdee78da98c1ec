internal import PostgresClient

/// What people ask about accounts. Over the public views: every answer is one that anyone may ask for.
enum LedgerReadStatements {
  static let account = Statement(
    "ledger_read_account",
    """
    select account, currency, balance, overdraft, version from ledger.balance where account = $1
    """, .text)

  static let entries = Statement(
    "ledger_read_entries",
    """
    select version, amount, balance_after, idempotency_key, topic, incarnation, partition, "offset"
      from ledger.entry where account = $1 order by version desc limit $2
    """, .text, .int8)

  /// A prefix as a range, so that the index on the name serves it.
  static let list = Statement(
    "ledger_read_list",
    """
    select account, currency, balance, overdraft, version
      from ledger.balance
     where account > $1 and account >= $2 and ($3 is null or account < $3)
     order by account limit $4
    """, .text, .text, .text, .int8)
}
