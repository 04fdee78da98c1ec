internal import PostgresClient

/// What the ledger's tables tell of decided offsets. Names by subselects, not joins: with the range's values unknown, the
/// planner would guess its length from the journal's, and read all accounts for a hash join.
enum EffectStatements {
  static let transfers = Statement(
    "ledger_effects",
    """
    select j."offset",
           (select a.name from ledger.account a where a.id = j.debit), j.debit_balance, j.debit_version,
           (select a.name from ledger.account a where a.id = j.credit), j.credit_balance, j.credit_version
      from ledger.journal j
     where j.partition_id = $1 and j."offset" >= $2 and j."offset" < $3
     order by j."offset"
    """, .int4, .int8, .int8)

  static let openings = Statement(
    "ledger_effects_of_openings",
    """
    select a."offset", a.name from ledger.account a
     where a.partition_id = $1 and a."offset" >= $2 and a."offset" < $3
     order by a."offset"
    """, .int4, .int8, .int8)
}
