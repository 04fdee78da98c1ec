-- What the world is told: which history decided a batch, how far its events are published and why not further.

-- The history that holds now. A default, so that the release before this one writes it too.
create function teller.current_history() returns int4 language sql stable as
  'select coalesce(max(id), 1) from teller.history';

-- An event republished after a failover carries the history that decided it: so a reader can tell a repeat from another
-- decision on the same offset.
alter table teller.batch add column history int4 not null default teller.current_history();

-- Why publishing stands still, for the person who asks for the status; null where it does not.
alter table teller.cursor add column trouble text;

-- The dead record's own headers, in order: [["name","base64 of the value"], ["name",null]]; null where it had none.
alter table teller.dead_letter add column headers json;
