-- How streams were adopted, and what operators did to partitions: who, when, why, and which offsets.

-- How the start was chosen (earliest, end, group:NAME, offsets), by which user of the operating system, and what a sample
-- of the keys said about the partitioner. opened_at is the time. Null: adopted by a release before this one.
alter table teller.incarnation
  add column started_from text collate "C",
  add column adopted_by text,
  add column key_sample text;

-- What operators did to partitions. A resume stands at first_offset and moves nothing; a skip leaves first_offset to
-- last_offset undecided for ever, and the same range stands in confirmed_gap.
create table teller.partition_action (
  id int8 generated always as identity primary key,
  partition_id int4 not null references teller.partition,
  action text not null,
  first_offset int8 not null,
  last_offset int8,
  epoch int8 not null,
  halted_reason text,
  done_by text not null,
  reason text not null,
  done_at timestamptz not null default clock_timestamp(),
  constraint action_is_known check (action in ('resume', 'skip')),
  constraint a_skip_has_offsets check ((action = 'skip') = (last_offset is not null)),
  constraint a_skip_goes_forward check (last_offset >= first_offset)
);
create index partition_actions on teller.partition_action (partition_id, id);

-- The first statement of every session that decides or publishes: raises the history where this server is another one,
-- or another life of one, than was recorded last. So nothing is ever decided on a promoted standby or a restored backup
-- under the number of the life before. (A live session cannot see its server's life change: a timeline ends only where
-- recovery does, and sessions from before that are refused here as a standby's.)
--
-- raised_from is the number before, null where this call raised nothing.
create function teller.observe_server(out history int4, out reason text, out raised_from int4)
language plpgsql as $$
declare
  here record;
begin
  if pg_is_in_recovery() then
    raise exception 'this server is a standby, or still recovering: what it holds may not be the truth'
      using errcode = '25006', hint = 'It is asked again until it is promoted; or connect to the primary.';
  end if;
  select s.system_identifier as system, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) as timeline
    into here from pg_control_system() s;
  for attempt in 1..2 loop
    select h.id, h.reason into observe_server.history, observe_server.reason
      from (select * from teller.history order by id desc limit 1) h
     where h.system_identifier = here.system and h.timeline = here.timeline;
    if found then
      return;
    end if;
    -- Many sessions come at once: one raises, the others find it raised.
    if attempt = 1 then
      perform pg_advisory_xact_lock(1952541037);
    end if;
  end loop;
  select h.id,
         format('the database changed from system %s, timeline %s to system %s, timeline %s',
                h.system_identifier, h.timeline, here.system, here.timeline)
    into observe_server.raised_from, observe_server.reason
    from teller.history h order by h.id desc limit 1;
  if not found then
    observe_server.reason := format('first seen, system %s, timeline %s', here.system, here.timeline);
  end if;
  insert into teller.history (system_identifier, timeline, reason)
  values (here.system, here.timeline, observe_server.reason)
  returning id into observe_server.history;
end $$;
