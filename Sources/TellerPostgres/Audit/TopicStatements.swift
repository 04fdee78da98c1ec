internal import PostgresClient

/// What is compared with the topics, stretch by stretch, so that neither side has to fit into memory.
enum TopicStatements {
  /// The checks before read whole tables by hash joins; these look up short stretches by index, over and over.
  static let settings = """
    set local enable_nestloop = on; set local enable_hashjoin = off; set local enable_mergejoin = off;
    set local enable_seqscan = off
    """

  static let partitions = Statement(
    "teller_audit_partitions",
    """
    select p.id, p.incarnation, p.partition, o.start_offset, o.next_offset, c.published_offset,
           i.closed_at is null
      from teller.stream s
      join teller.partition p on p.stream = s.id
      join teller.incarnation i on i.stream = s.id and i.incarnation = p.incarnation
      join teller.owner o on o.partition_id = p.id
      join teller.cursor c on c.partition_id = p.id
     where s.topic = $1 order by p.partition, p.incarnation
    """, .text)

  static let histories = Statement("teller_audit_histories", "select id, random_id from teller.history")

  /// The public view, and the history that decided, which it does not show.
  static let outcomes = Statement(
    "teller_audit_outcomes",
    """
    select o."offset", o.outcome, o.code, o.idempotency_key, o.first_incarnation, o.first_partition, o.first_offset,
           o.first_code, o.epoch,
           to_char(o.decided_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
           (select b.history from teller.batch b
             where b.partition_id = $1 and b.first_offset <= o."offset" order by b.first_offset desc limit 1)
      from teller.outcome o
     where o.topic = $2 and o.incarnation = $3 and o.partition = $4 and o."offset" >= $5 and o."offset" < $6
     order by o."offset"
    """, .int4, .text, .int4, .int4, .int8, .int8)

  /// The decided offset before another; null where there is none.
  static let decidedBefore = Statement(
    "teller_audit_decided_before",
    """
    select greatest(
      (select max("offset") from teller.dedup where partition_id = $1 and "offset" < $2),
      (select max("offset") from teller.repeat where partition_id = $1 and "offset" < $2),
      (select max("offset") from teller.dead_letter where partition_id = $1 and "offset" < $2))
    """, .int4, .int8)

  private static let decided = """
    select "offset" from teller.dedup where partition_id = $1 and "offset" >= $2 and "offset" < $3
    union all
    select "offset" from teller.repeat where partition_id = $1 and "offset" >= $2 and "offset" < $3
    union all
    select "offset" from teller.dead_letter where partition_id = $1 and "offset" >= $2 and "offset" < $3
    """

  static let offsets = Statement(
    "teller_audit_offsets", "\(decided) order by 1", .int4, .int8, .int8)

  /// How many, and the first of them.
  static let countDecided = Statement(
    "teller_audit_count_decided",
    "select \"offset\", count(*) over () from (\(decided)) d order by 1 limit $4", .int4, .int8, .int8, .int8)

  static let countDead = Statement(
    "teller_audit_count_dead",
    """
    select "offset", count(*) over () from teller.dead_letter
     where partition_id = $1 and "offset" >= $2 and "offset" < $3 order by 1 limit $4
    """, .int4, .int8, .int8, .int8)

  static let deadBefore = Statement(
    "teller_audit_dead_before",
    "select max(\"offset\") from teller.dead_letter where partition_id = $1 and \"offset\" < $2", .int4, .int8
  )

  /// Digests instead of bytes: a dead record may be of any size.
  static let dead = Statement(
    "teller_audit_dead",
    """
    select l."offset", l.code, l.reason, sha256(l.record_key), sha256(l.record_value), octet_length(l.record_key),
           octet_length(l.record_value),
           (select b.history from teller.batch b
             where b.partition_id = $1 and b.first_offset <= l."offset" order by b.first_offset desc limit 1)
      from teller.dead_letter l
     where l.partition_id = $1 and l."offset" >= $2 and l."offset" < $3 order by l."offset"
    """, .int4, .int8, .int8)

  /// Gaps that touch a range, and whether an operator gave their offsets up: only then they may hold records.
  static let gaps = Statement(
    "teller_audit_gaps",
    """
    select g.first_offset, g.last_offset,
           exists (select from teller.partition_action a
                    where a.partition_id = g.partition_id and a.action = 'skip' and a.first_offset = g.first_offset
                      and a.last_offset = g.last_offset)
      from teller.confirmed_gap g
     where g.partition_id = $1 and g.first_offset < $3 and g.last_offset >= $2 order by g.first_offset
    """, .int4, .int8, .int8)
}
