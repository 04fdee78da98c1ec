public import TellerPostgres

/// The ledger's invariants (I1, I2, I3, I6 without amounts, I10, I11 of the README), over the public views.
public enum LedgerAudit {
  /// In the order of their numbers.
  public static let checks: [AuditCheck] = [i1, i2, i3, i6, i10, i11]

  /// Two entries of a transfer sum to 0; all balances of a currency together are its opening balances.
  static let i1 = AuditCheck(
    "I1", "conservation",
    sql: """
      select 'entries' as what, topic, incarnation, partition, "offset", null::text as currency, sum(amount)::text as difference
        from ledger.entry group by topic, incarnation, partition, "offset" having sum(amount) <> 0
      union all
      select 'currency', null, null, null, null, currency, (coalesce(b.total, 0) - coalesce(o.total, 0))::text
        from (select currency, sum(balance) as total from ledger.balance group by currency) b
        full join (select currency, sum(opening_balance) as total from ledger.opening group by currency) o using (currency)
       where coalesce(b.total, 0) <> coalesce(o.total, 0)
      """)

  /// Balance = opening + the sum of the entries; version = their number.
  static let i2 = AuditCheck(
    "I2", "balance is history",
    sql: """
      select account, o.opening_balance, e.total as entries_total, e.entries, b.balance, b.version
        from ledger.opening o
        full join ledger.balance b using (account)
        full join (select account, sum(amount) as total, count(*) as entries from ledger.entry group by account) e using (account)
       where o.opening_balance + coalesce(e.total, 0) is distinct from b.balance or coalesce(e.entries, 0) is distinct from b.version
      """)

  /// No balance below the overdraft, now or after any entry.
  static let i3 = AuditCheck(
    "I3", "overdraft limit",
    sql: """
      select account, balance, overdraft, null::int8 as version, null::int8 as balance_after from ledger.balance where balance < -overdraft
      union all
      select e.account, b.balance, b.overdraft, e.version, e.balance_after
        from ledger.entry e join ledger.balance b using (account) where e.balance_after < -b.overdraft
      """)

  /// An applied transfer has two entries, an opening and every other outcome none.
  static let i6 = AuditCheck(
    "I6", "legs", takesTopic: true,
    sql: """
      with legs as (
        select topic, incarnation, partition, "offset", count(*) as entries, count(*) filter (where amount < 0) as debits
          from ledger.entry group by topic, incarnation, partition, "offset")
      select topic, incarnation, partition, "offset", d.outcome, coalesce(l.entries, 0) as entries,
             coalesce(l.debits, 0) as debits, o.account is not null as is_opening
        from teller.outcome d
        full join legs l using (topic, incarnation, partition, "offset")
        left join ledger.opening o using (topic, incarnation, partition, "offset")
       where case when d.outcome = 'applied' and o.account is null and (topic = $1 or l.entries is not null)
                  then l.debits is distinct from 1 or l.entries <> 2
                  else l.entries is not null end
      """)

  /// Versions 1, 2, 3 without a hole; each balance is the one before plus the amount.
  static let i10 = AuditCheck(
    "I10", "version chain",
    sql: """
      with chained as (
        select e.account, e.version, e.amount, e.balance_after,
               lag(e.version) over w as version_before, lag(e.balance_after) over w as balance_before
          from ledger.entry e window w as (partition by e.account order by e.version))
      select account, c.version, c.version_before, c.amount, c.balance_after, coalesce(c.balance_before, o.opening_balance) as balance_before
        from chained c left join ledger.opening o using (account)
       where c.version <> coalesce(c.version_before, 0) + 1
          or c.balance_after is distinct from coalesce(c.balance_before, o.opening_balance) + c.amount
      """)

  /// An account's debits in version order are in offset order.
  static let i11 = AuditCheck(
    "I11", "debit order",
    sql: """
      with debits as (
        select account, incarnation, topic, partition, version, "offset",
               lag("offset") over (partition by account, topic, incarnation, partition order by version) as offset_before
          from ledger.entry where amount < 0)
      select account, topic, incarnation, partition, version, "offset", offset_before from debits where "offset" <= offset_before
      """)
}
