internal import PostgresClient

/// What the check of placement reads.
enum PlacementStatements {
  /// Where each account was debited: one row an account and partition, over the public view.
  static let debits = Statement(
    "ledger_audit_debits",
    """
    select topic, incarnation, partition, account, row_to_json(debit)::text
      from (select topic, incarnation, partition, account, count(*) as debits from ledger.entry
             where amount < 0 group by topic, incarnation, partition, account) as debit
    """)
}
