-- What the world is told: an opening's outcome event is made from its row after a crash, so it is found by its offset. In
-- offset order and only of openings by records, so nearly free; and no record can open two accounts, whatever the code does.
create unique index one_opening_per_offset on ledger.account (partition_id, "offset") where partition_id is not null;
