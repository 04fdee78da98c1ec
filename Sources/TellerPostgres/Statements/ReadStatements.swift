internal import PostgresClient

/// What people ask about a stream: reads only, one statement a question, so that each answer is one snapshot.
enum ReadStatements {
  /// By the key's index; repeats and dead letters have none, and are few.
  static let outcomes = Statement(
    "teller_read_outcomes",
    """
    select topic, incarnation, partition, "offset", key_text, outcome, code, first_incarnation, first_partition,
           first_offset, first_outcome, first_code, epoch, batch, decided_at
      from teller.outcome where topic = $1 and idempotency_key = $2
     order by outcome = 'dead', batch, "offset"
    """, .text, .uuid)

  static let stream = Statement(
    "teller_read_stream",
    """
    select s.id, i.incarnation, i.cluster_id, i.partition_count, i.partitioner, s.consumer_group
      from teller.stream s join teller.incarnation i on i.stream = s.id
     where s.topic = $1 order by i.incarnation desc limit 1
    """, .text)

  static let topics = Statement("teller_read_topics", "select topic from teller.stream order by topic")

  static let partitions = Statement(
    "teller_read_partitions",
    """
    select p.partition, o.epoch, o.owner, o.start_offset, o.next_offset, c.published_offset, o.halted_reason, c.trouble
      from teller.owner o
      join teller.partition p on p.id = o.partition_id
      join teller.cursor c on c.partition_id = o.partition_id
     where p.stream = $1 and p.incarnation = $2 order by p.partition
    """, .int4, .int4)

  /// What is in none of refusal, repeat, dead letter and gap was applied: so the many are not counted but subtracted,
  /// which is fast, and right as long as the audit's I4 holds.
  static let totals = Statement(
    "teller_read_totals",
    """
    with mine as (select id from teller.partition where stream = $1),
    counted as (
      select 'rejected' as outcome, code, count(*) as records
        from teller.refusal where partition_id in (select id from mine) group by code
      union all
      select case when is_reuse then 'rejected' else 'duplicate' end,
             case when is_reuse then 'idempotency_key_reused' end, count(*)
        from teller.repeat where partition_id in (select id from mine) group by is_reuse
      union all
      select 'dead', code, count(*)
        from teller.dead_letter where partition_id in (select id from mine) group by code
      union all
      select 'gap', cause, sum(last_offset - first_offset + 1)::int8
        from teller.confirmed_gap where partition_id in (select id from mine) group by cause),
    decided as (
      select coalesce(sum(next_offset - start_offset), 0)::int8 as records
        from teller.owner where partition_id in (select id from mine))
    select 'applied', null::text,
           (select records from decided) - coalesce((select sum(records) from counted), 0)::int8
    union all select outcome, code, records from counted
    """, .int4)

  static let history = Statement(
    "teller_read_history",
    "select id, random_id, reason, raised_at from teller.history order by id desc limit 1")
}
