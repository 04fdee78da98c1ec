-- The ledger's part of the public read contract. Documented and kept stable: outside programs read these views.

create view ledger.balance as
select a.name as account, a.currency, b.balance, b.overdraft, b.version
  from ledger.account a
  join ledger.account_balance b on b.id = a.id;

create view ledger.entry as
select a.name as account, j.debit_version as version, -j.amount as amount, j.debit_balance as balance_after,
       j.key as idempotency_key, s.topic, p.incarnation, p.partition, j."offset"
  from ledger.journal j
  join ledger.account a on a.id = j.debit
  join teller.partition p on p.id = j.partition_id
  join teller.stream s on s.id = p.stream
union all
select a.name, j.credit_version, j.amount, j.credit_balance, j.key, s.topic, p.incarnation, p.partition, j."offset"
  from ledger.journal j
  join ledger.account a on a.id = j.credit
  join teller.partition p on p.id = j.partition_id
  join teller.stream s on s.id = p.stream;

create view ledger.opening as
select a.name as account, a.currency, a.opening_balance, a.opening_overdraft as overdraft, a.batch,
       s.topic, p.incarnation, p.partition, a."offset"
  from ledger.account a
  left join teller.partition p on p.id = a.partition_id
  left join teller.stream s on s.id = p.stream;
