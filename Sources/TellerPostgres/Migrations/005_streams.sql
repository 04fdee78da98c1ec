-- How streams were adopted, and what operators did to partitions: who, when, why, and which offsets.

-- How the start was chosen (earliest, end, group:NAME, offsets), by which user of the operating system, and what a sample
-- of the keys said about the partitioner. opened_at is the time. Null: adopted by a release before this one.
alter table teller.incarnation
  add column started_from text collate "C",
  add column adopted_by text,
  add column key_sample text;

