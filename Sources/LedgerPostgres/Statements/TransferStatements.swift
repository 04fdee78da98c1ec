internal import PostgresClient

/// The ledger's statements about transfers. Hot: their plans are checked with EXPLAIN.
enum TransferStatements {
  /// By the place that the locking read returned: it cannot move while we hold its lock, and saves the index look-up
  /// (10 to 15 % of a transfer). A short count raises before COMMIT.
  static let update = Statement(
    "ledger_update",
    """
    with changed as (
      update ledger.account_balance b set balance = u.balance, version = u.version
        from unnest($1, $2, $3) as u (place, balance, version)
       where b.ctid = u.place returning 1)
    select teller.expect_rows((select count(*) from changed), $4)
    """, .tidArray, .int8Array, .int8Array, .int8)

  /// Fixed-width columns: `generate_series` with subscripts beats `unnest` by a tenth.
  static let journal = Statement(
    "ledger_journal",
    """
    insert into ledger.journal ("offset", partition_id, debit, credit, amount, debit_balance, debit_version,
                                credit_balance, credit_version, key)
    select ($2)[i], $1, ($3)[i], ($4)[i], ($5)[i], ($6)[i], ($7)[i], ($8)[i], ($9)[i], ($10)[i]
      from generate_series(1, cardinality($2)) as i
    """, .int4, .int8Array, .int8Array, .int8Array, .int8Array, .int8Array, .int8Array, .int8Array,
    .int8Array,
    .uuidArray)

  static let details = Statement(
    "ledger_details",
    """
    insert into ledger.journal_detail ("offset", partition_id, reference, metadata, requested_at)
    select u.at, $1, u.reference, u.metadata::json, u.requested_at
      from unnest($2, $3, $4, $5) as u (at, reference, metadata, requested_at)
    """, .int4, .int8Array, .textArray, .textArray, .textArray)
}
