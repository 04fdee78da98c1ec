-- The ledger's schema: accounts, their balances, and the journal that explains them.

-- Identity and currency never change, so they may be remembered outside. Ids are drawn before the row is written, by the
-- handler, under the locks that make the name free.
create sequence ledger.account_id;

create table ledger.account (
  id int8 primary key,
  name text collate "C" not null,
  currency text collate "C" not null,
  opening_balance int8 not null,
  -- Null: unlimited, which only `teller accounts open` grants.
  opening_overdraft int8,
  batch int8 not null,
  partition_id int4,
  "offset" int8,
  constraint account_name_is_unique unique (name),
  constraint account_name_has_1_to_128_bytes check (octet_length(name) between 1 and 128),
  constraint currency_is_3_to_8_capitals check (currency ~ '^[A-Z]{3,8}$'),
  constraint opening_is_from_a_record_or_not check ((partition_id is null) = ("offset" is null))
);

-- What changes, and nothing else: the row that is locked, narrow, because it is two thirds of a transfer's cost.
create table ledger.account_balance (
  id int8 primary key,
  balance int8 not null,
  version int8 not null,
  overdraft int8,
  constraint overdraft_is_not_negative check (overdraft >= 0),
  -- The last line of defence: no code path can overdraw an account, not even a wrong one.
  constraint balance_within_overdraft check (balance >= -overdraft)
) with (fillfactor = 90);

-- One row for every applied transfer, with both balances and versions after it, so that history checks itself.
create table ledger.journal (
  "offset" int8 not null,
  partition_id int4 not null,
  debit int8 not null,
  credit int8 not null,
  amount int8 not null,
  debit_balance int8 not null,
  debit_version int8 not null,
  credit_balance int8 not null,
  credit_version int8 not null,
  key uuid not null,
  constraint one_transfer_per_offset primary key (partition_id, "offset"),
  constraint amount_is_positive check (amount > 0),
  constraint accounts_differ check (debit <> credit)
);

-- What a request said about itself, for those that said something.
create table ledger.journal_detail (
  "offset" int8 not null,
  partition_id int4 not null,
  reference text,
  metadata json,
  requested_at text,
  primary key (partition_id, "offset")
);
