-- The engine's part of the public read contract. Documented and kept stable: outside programs read these views.

create view teller.partition_owner as
select s.topic, p.incarnation, p.partition, o.epoch, o.owner, o.start_offset, o.next_offset, c.published_offset,
       o.halted_reason
  from teller.owner o
  join teller.partition p on p.id = o.partition_id
  join teller.stream s on s.id = p.stream
  join teller.cursor c on c.partition_id = o.partition_id;

create view teller.gap as
select s.topic, p.incarnation, p.partition, g.first_offset, g.last_offset, g.cause
  from teller.confirmed_gap g
  join teller.partition p on p.id = g.partition_id
  join teller.stream s on s.id = p.stream;

-- One row for every decided offset. The batch of an offset is found by its index alone: a join on the range would have
-- the planner compare every offset with every batch.
create view teller.outcome as
select s.topic, p.incarnation, p.partition, d."offset", d.key as idempotency_key, d.key_text,
       case when r.code is null then 'applied' else 'rejected' end as outcome, r.code,
       null::int4 as first_incarnation, null::int4 as first_partition, null::int8 as first_offset,
       null::text as first_outcome, null::text as first_code,
       uuid_send(d.fingerprint) as fingerprint, b.epoch, b.sequence as batch, b.decided_at
  from teller.dedup d
  join teller.partition p on p.id = d.partition_id
  join teller.stream s on s.id = p.stream
  left join teller.refusal r on r.partition_id = d.partition_id and r."offset" = d."offset"
  left join lateral (
    select b.epoch, b.sequence, b.decided_at from teller.batch b
     where b.partition_id = d.partition_id and b.first_offset <= d."offset"
     order by b.first_offset desc limit 1) b on true
union all
select s.topic, p.incarnation, p.partition, t."offset", t.key, d.key_text,
       case when t.is_reuse then 'rejected' else 'duplicate' end,
       case when t.is_reuse then 'idempotency_key_reused' end,
       fp.incarnation, fp.partition, t.first_offset,
       case when r.code is null then 'applied' else 'rejected' end, r.code,
       uuid_send(t.fingerprint), b.epoch, b.sequence, b.decided_at
  from teller.repeat t
  join teller.partition p on p.id = t.partition_id
  join teller.stream s on s.id = p.stream
  join teller.partition fp on fp.id = t.first_partition_id
  left join teller.dedup d on d.key = t.key and d.stream = p.stream
  left join teller.refusal r on r.partition_id = t.first_partition_id and r."offset" = t.first_offset
  left join lateral (
    select b.epoch, b.sequence, b.decided_at from teller.batch b
     where b.partition_id = t.partition_id and b.first_offset <= t."offset"
     order by b.first_offset desc limit 1) b on true
union all
select s.topic, p.incarnation, p.partition, l."offset", l.idempotency_key, l.key_text, 'dead', l.code,
       null, null, null, null, null, null, b.epoch, b.sequence, b.decided_at
  from teller.dead_letter l
  join teller.partition p on p.id = l.partition_id
  join teller.stream s on s.id = p.stream
  left join lateral (
    select b.epoch, b.sequence, b.decided_at from teller.batch b
     where b.partition_id = l.partition_id and b.first_offset <= l."offset"
     order by b.first_offset desc limit 1) b on true;
