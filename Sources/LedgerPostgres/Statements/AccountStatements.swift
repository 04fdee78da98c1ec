internal import PostgresClient

/// The ledger's statements about accounts. Hot: their plans are checked with EXPLAIN.
enum AccountStatements {
  /// Names that this process does not know yet. A plain read: identity and currency never change.
  static let find = Statement(
    "ledger_find", "select id, name, currency from ledger.account where name = any($1)", .textArray)

  /// Locks in id order, whatever the order in the array: two batches that share accounts queue up instead of
  /// deadlocking. `for no key update`: the rows' identity does not change.
  static let lock = Statement(
    "ledger_lock",
    """
    select ctid, id, balance, version, overdraft from ledger.account_balance
     where id = any($1) order by id for no key update
    """, .int8Array)

  /// The same, with ids that are still to be found by name.
  static let lockWithNames = Statement(
    "ledger_lock_names",
    """
    select ctid, id, balance, version, overdraft from ledger.account_balance
     where id = any($1 || array(select a.id from ledger.account a where a.name = any($2)))
     order by id for no key update
    """, .int8Array, .textArray)

  /// Rows that do not exist cannot be locked; their names can: 1,024 stripes of the hashed name (the lock table is
  /// finite), in one ascending pass, exclusive where the batch opens an account.
  static let lockStripes = Statement(
    "ledger_lock_stripes",
    """
    select case when u.exclusive then pg_advisory_xact_lock(1818583399, u.stripe)
                else pg_advisory_xact_lock_shared(1818583399, u.stripe) end
      from unnest($1, $2) as u (stripe, exclusive)
    """, .int4Array, .boolArray)

  /// The second look, plain: a locking one deadlocks.
  static let lookAgain = Statement(
    "ledger_look_again", "select count(*) from ledger.account where name = any($1)", .textArray)

  static let drawIDs = Statement(
    "ledger_draw_ids", "select nextval('ledger.account_id') from generate_series(1, $1)", .int4)

  static let open = Statement(
    "ledger_open",
    """
    insert into ledger.account (id, name, currency, opening_balance, opening_overdraft, batch, partition_id, "offset")
    select u.id, u.name, u.currency, u.balance, u.overdraft, $1, $2, u.at
      from unnest($3, $4, $5, $6, $7, $8) as u (id, name, currency, balance, overdraft, at)
    """, .int8, .int4, .int8Array, .textArray, .textArray, .int8Array, .int8Array, .int8Array)

  static let openBalances = Statement(
    "ledger_open_balances",
    """
    insert into ledger.account_balance (id, balance, version, overdraft)
    select u.id, u.balance, u.version, u.overdraft from unnest($1, $2, $3, $4) as u (id, balance, version, overdraft)
    """, .int8Array, .int8Array, .int8Array, .int8Array)
}
