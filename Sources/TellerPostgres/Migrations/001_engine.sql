-- The engine's schema: who owns which partition, how far it is, and what became of every offset.
-- Nothing here knows of accounts or money: it answers teller.outcome for any handler.

create table teller.stream (
  id int4 generated always as identity primary key,
  topic text collate "C" not null,
  consumer_group text collate "C" not null,
  created_at timestamptz not null default clock_timestamp(),
  constraint one_stream_per_topic unique (topic)
);

-- A topic's life: a recreated topic is the next incarnation of the same stream, so offsets never collide while keys are
-- still remembered.
create table teller.incarnation (
  stream int4 not null references teller.stream,
  incarnation int4 not null,
  cluster_id text not null,
  partition_count int4 not null,
  partitioner text not null,
  opened_at timestamptz not null default clock_timestamp(),
  closed_at timestamptz,
  primary key (stream, incarnation),
  constraint a_topic_has_partitions check (partition_count > 0),
  constraint partitioner_is_known check (partitioner in ('murmur2', 'crc32', 'fnv1a', 'unverified'))
);
create unique index one_open_incarnation_per_stream on teller.incarnation (stream) where closed_at is null;

-- One small integer stands for incarnation and partition in all rows that there are millions of.
create table teller.partition (
  id int4 generated always as identity primary key,
  stream int4 not null,
  incarnation int4 not null,
  partition int4 not null,
  foreign key (stream, incarnation) references teller.incarnation,
  constraint one_row_per_partition unique (stream, incarnation, partition)
);

-- The guarded row. Every batch changes it first and holds it to its end; every takeover changes it too: so the two are
-- totally ordered. The low fillfactor keeps the updates on their page.
create table teller.owner (
  partition_id int4 primary key references teller.partition,
  epoch int8 not null default 0,
  owner text not null default '',
  start_offset int8 not null,
  next_offset int8 not null,
  last_offset int8,
  last_digest bytea,
  checkpoint_offset int8,
  checkpoint_digest bytea,
  closed boolean not null default false,
  halted_reason text,
  constraint position_never_before_start check (next_offset >= start_offset),
  constraint anchor_is_whole check ((last_offset is null) = (last_digest is null)),
  constraint checkpoint_is_whole check ((checkpoint_offset is null) = (checkpoint_digest is null))
) with (fillfactor = 20);

-- How far outcome events are published: a row of its own, so that publishing never waits for a batch.
create table teller.cursor (
  partition_id int4 primary key references teller.partition,
  epoch int8 not null default 0,
  published_offset int8 not null
) with (fillfactor = 20);

-- Ordering by (sequence, offset) is a serial order that explains every decision. No cache: a cached number would be
-- drawn before the locks are held.
create sequence teller.batch_sequence cache 1;

create table teller.batch (
  partition_id int4 not null,
  first_offset int8 not null,
  next_offset int8 not null,
  epoch int8 not null,
  sequence int8 not null,
  decided_at timestamptz not null,
  primary key (partition_id, first_offset),
  constraint a_batch_moves_forward check (next_offset > first_offset)
);

-- Memory of keys: where a key was first decided, not what: so it can be written before the locks are taken. What is in
-- none of refusal, repeat, dead_letter and confirmed_gap was applied. Fixed-width columns first, the text of natural
-- keys last: nearly always null, which costs nothing.
create table teller.dedup (
  "offset" int8 not null,
  partition_id int4 not null,
  stream int4 not null,
  key uuid not null,
  fingerprint uuid not null,
  fingerprint_version int2 not null,
  key_text text collate "C",
  constraint one_first_decision_per_key primary key (key, stream)
);
-- In offset order, so nearly free; and no offset can be decided twice, whatever the code does.
create unique index one_claim_per_offset on teller.dedup (partition_id, "offset");

create table teller.refusal (
  partition_id int4 not null,
  "offset" int8 not null,
  code text collate "C" not null,
  primary key (partition_id, "offset")
);

create table teller.repeat (
  partition_id int4 not null,
  "offset" int8 not null,
  key uuid not null,
  fingerprint uuid not null,
  fingerprint_version int2 not null,
  first_partition_id int4 not null,
  first_offset int8 not null,
  is_reuse boolean not null,
  primary key (partition_id, "offset")
);
create index repeat_key on teller.repeat (key);

create table teller.dead_letter (
  partition_id int4 not null,
  "offset" int8 not null,
  code text collate "C" not null,
  reason text not null,
  idempotency_key uuid,
  key_text text collate "C",
  record_timestamp int8 not null,
  record_key bytea,
  record_value bytea,
  primary key (partition_id, "offset")
);
create index dead_letter_key on teller.dead_letter (idempotency_key) where idempotency_key is not null;

create table teller.confirmed_gap (
  partition_id int4 not null,
  first_offset int8 not null,
  last_offset int8 not null,
  cause text not null,
  primary key (partition_id, first_offset),
  constraint a_gap_has_offsets check (last_offset >= first_offset)
);

-- Which life of the database decided: after an asynchronous failover the same offset may be decided again, differently;
-- the higher history is the truth.
create table teller.history (
  id int4 generated always as identity primary key,
  random_id uuid not null default gen_random_uuid(),
  system_identifier int8 not null,
  timeline text not null,
  raised_at timestamptz not null default clock_timestamp(),
  reason text not null
);

-- The first statement of every batch. Moves the row only where epoch, owner and position are as the writer believes;
-- otherwise raises, which fails the whole transaction: a count of 0 rows could be overlooked in a pipeline.
create function teller.fence(
  partition_id int4, epoch int8, owner text, from_offset int8, to_offset int8,
  last_offset int8, last_digest bytea, checkpoint_offset int8, checkpoint_digest bytea
) returns timestamptz language plpgsql as $$
declare
  actual json;
begin
  update teller.owner o
     set next_offset = fence.to_offset,
         last_offset = fence.last_offset, last_digest = fence.last_digest,
         checkpoint_offset = fence.checkpoint_offset, checkpoint_digest = fence.checkpoint_digest
   where o.partition_id = fence.partition_id
     and o.epoch = fence.epoch and o.owner = fence.owner and o.next_offset = fence.from_offset;
  if found then
    return clock_timestamp();
  end if;
  select json_build_object('epoch', o.epoch, 'owner', o.owner, 'next_offset', o.next_offset) into actual
    from teller.owner o where o.partition_id = fence.partition_id;
  raise exception 'fenced: this writer does not own the partition at this offset'
    using errcode = 'TL001', detail = coalesce(actual::text, '{}');
end $$;

-- Fails a statement that changed fewer or more rows than it was given, before COMMIT can be reached.
create function teller.expect_rows(actual int8, expected int8) returns void language plpgsql as $$
begin
  if actual <> expected then
    raise exception 'a batch changed % rows instead of %', actual, expected using errcode = 'TL002';
  end if;
end $$;
