-- What operators did about dead letters: who, when, why, and where a redriven record went.

-- A redrive is written before its record is produced and completed when the broker has answered. So a crash between the
-- two leaves a row without a result: a redrive of which nobody knows whether it reached the topic. To repeat it is
-- harmless: the record has the same idempotency key.
create table teller.dead_letter_action (
  id int8 generated always as identity primary key,
  partition_id int4 not null,
  "offset" int8 not null,
  action text collate "C" not null,
  actor text not null,
  reason text not null,
  acted_at timestamptz not null default clock_timestamp(),
  redrive_count int4,
  target_incarnation int4,
  target_partition int4,
  target_offset int8,
  result text collate "C",
  error text,
  ended_at timestamptz,
  constraint an_action_is_about_a_dead_letter
    foreign key (partition_id, "offset") references teller.dead_letter,
  constraint action_is_known check (action in ('redrive', 'discard')),
  constraint somebody_acted check (actor <> ''),
  constraint an_action_has_a_reason check (reason <> ''),
  -- The number in the record's header teller-redrive-count: how often the request was sent again, over all its letters.
  constraint a_redrive_is_counted check ((action = 'redrive') = (redrive_count is not null and redrive_count > 0)),
  constraint a_redrive_has_a_target
    check ((action = 'redrive') = (target_incarnation is not null and target_partition is not null)),
  constraint result_is_known check (result in ('acknowledged', 'failed', 'unknown')),
  constraint a_discard_has_no_result check (action = 'redrive' or (result is null and error is null)),
  -- A broker that acknowledges a retry which it had already may tell no offset.
  constraint only_what_was_acknowledged_has_an_offset
    check (target_offset is null or result is not distinct from 'acknowledged'),
  constraint a_result_has_a_time check ((result is null) = (ended_at is null))
);
create index dead_letter_action_place on teller.dead_letter_action (partition_id, "offset", id);

-- Every dead letter and how it stands. Part of the public read contract, as teller.outcome is. `id` is what people type.
-- The state is that of the last action that came to an end: a redrive that failed, or of which nobody knows the end,
-- leaves its letter open.
create view teller.dead_letter_status as
select s.topic, p.incarnation, p.partition, l."offset",
       case when p.incarnation = 1 then '' else p.incarnation || ':' end || p.partition || ':' || l."offset" as id,
       l.code, l.reason, l.idempotency_key, l.key_text, l.record_timestamp,
       octet_length(l.record_key) as key_bytes, octet_length(l.record_value) as value_bytes, b.decided_at,
       case when e.action is null then 'open' when e.action = 'discard' then 'discarded' else 'redriven' end as state,
       e.target_incarnation, e.target_partition, e.target_offset,
       a.action as last_action,
       case when a.action = 'redrive' then coalesce(a.result, 'unknown') end as last_result,
       a.actor as last_actor, a.reason as last_reason, a.acted_at as last_acted_at,
       l.partition_id
  from teller.dead_letter l
  join teller.partition p on p.id = l.partition_id
  join teller.stream s on s.id = p.stream
  left join lateral (
    select b.decided_at from teller.batch b
     where b.partition_id = l.partition_id and b.first_offset <= l."offset"
     order by b.first_offset desc limit 1) b on true
  left join lateral (
    select a.action, a.target_incarnation, a.target_partition, a.target_offset from teller.dead_letter_action a
     where a.partition_id = l.partition_id and a."offset" = l."offset"
       and (a.action = 'discard' or a.result = 'acknowledged')
     order by a.id desc limit 1) e on true
  left join lateral (
    select a.action, a.result, a.actor, a.reason, a.acted_at from teller.dead_letter_action a
     where a.partition_id = l.partition_id and a."offset" = l."offset"
     order by a.id desc limit 1) a on true;
