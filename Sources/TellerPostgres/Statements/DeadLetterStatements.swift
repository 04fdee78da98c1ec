internal import PostgresClient

/// Dead letters: how they stand, what is in them, and what is done about them.
enum DeadLetterStatements {
  /// The partitions of a topic, all its lives, in order: letters are read one partition after the other, each along its
  /// primary key.
  static let partitions = Statement(
    "teller_dead_partitions",
    """
    select p.id from teller.partition p join teller.stream s on s.id = p.stream
     where s.topic = $1 and ($2 is null or p.partition = $2) order by p.incarnation, p.partition
    """, .text, .int4)

  static let page = Statement(
    "teller_dead_page",
    """
    select incarnation, partition, "offset", code, reason, idempotency_key, key_text, key_bytes, value_bytes,
           decided_at, state, target_incarnation, target_partition, target_offset, last_action, last_result,
           last_actor, last_reason, last_acted_at
      from teller.dead_letter_status
     where partition_id = $1 and "offset" > $2 and ($3 is null or code = $3) and ($4 is null or state = $4)
       and ($5 is null or decided_at >= clock_timestamp() - $5 * interval '1 second')
       and ($6 is null or decided_at is null or decided_at <= $6)
     order by "offset" limit $7
    """, .int4, .int8, .text, .text, .float8, .timestamptz, .int8)

  static let clock = Statement("teller_dead_clock", "select clock_timestamp()")

  static let totals = Statement(
    "teller_dead_totals",
    """
    select l.code, count(*), count(d.key)
      from teller.dead_letter_status l
      join teller.partition p on p.id = l.partition_id
      left join teller.dedup d on d.key = l.idempotency_key and d.stream = p.stream
     where l.topic = $1 and ($2 is null or l.partition = $2) and ($3 is null or l.code = $3)
       and ($4 is null or l.state = $4)
       and ($5 is null or l.decided_at >= clock_timestamp() - $5 * interval '1 second')
       and ($6 is null or l.decided_at is null or l.decided_at <= $6)
     group by l.code order by l.code
    """, .text, .int4, .text, .text, .float8, .timestamptz)

  static let one = Statement(
    "teller_dead_one",
    """
    select v.incarnation, v.partition, v."offset", v.code, v.reason, v.idempotency_key, v.key_text, v.key_bytes,
           v.value_bytes, v.decided_at, v.state, v.target_incarnation, v.target_partition, v.target_offset,
           v.last_action, v.last_result, v.last_actor, v.last_reason, v.last_acted_at,
           l.record_timestamp, l.record_key, l.record_value, l.headers
      from teller.dead_letter_status v
      join teller.dead_letter l on l.partition_id = v.partition_id and l."offset" = v."offset"
     where v.topic = $1 and v.incarnation = $2 and v.partition = $3 and v."offset" = $4
    """, .text, .int4, .int4, .int8)

  /// Whether a key was decided, which only another record than the dead one can have done.
  static let decision = Statement(
    "teller_dead_decision",
    """
    select p.incarnation, p.partition, d."offset",
           case when r.code is null then 'applied' else 'rejected' end, r.code, d.fingerprint, d.fingerprint_version
      from teller.stream s
      join teller.dedup d on d.stream = s.id and d.key = $2
      join teller.partition p on p.id = d.partition_id
      left join teller.refusal r on r.partition_id = d.partition_id and r."offset" = d."offset"
     where s.topic = $1
    """, .text, .uuid)

  /// With what became of the record that a redrive sent. Looked up in the tables, by their keys: for a join with the view
  /// `teller.outcome` the planner reads all of it.
  static let actions = Statement(
    "teller_dead_actions",
    """
    select a.id, a.action, a.actor, a.reason, a.acted_at, a.redrive_count, a.target_incarnation, a.target_partition,
           a.target_offset, case when a.action = 'redrive' then coalesce(a.result, 'unknown') end, a.error,
           o.outcome, o.code
      from teller.stream s
      join teller.partition p on p.stream = s.id and p.incarnation = $2 and p.partition = $3
      join teller.dead_letter_action a on a.partition_id = p.id and a."offset" = $4
      left join teller.partition t
        on t.stream = s.id and t.incarnation = a.target_incarnation and t.partition = a.target_partition
      left join lateral (
        select case when r.code is null then 'applied' else 'rejected' end as outcome, r.code
          from teller.dedup d
          left join teller.refusal r on r.partition_id = d.partition_id and r."offset" = d."offset"
         where d.partition_id = t.id and d."offset" = a.target_offset
        union all
        select case when r.is_reuse then 'rejected' else 'duplicate' end,
               case when r.is_reuse then 'idempotency_key_reused' end
          from teller.repeat r where r.partition_id = t.id and r."offset" = a.target_offset
        union all
        select 'dead', l.code
          from teller.dead_letter l where l.partition_id = t.id and l."offset" = a.target_offset
         limit 1) o on true
     where s.topic = $1 order by a.id
    """, .text, .int4, .int4, .int8)

  /// Before the state is looked at, so that two people who act on one letter take turns. In order of place: no deadlock.
  static let lock = Statement(
    "teller_dead_lock",
    """
    select l.partition_id
      from teller.stream s
      join teller.partition p on p.stream = s.id
      join unnest($2, $3, $4) as u (incarnation, partition, at)
        on u.incarnation = p.incarnation and u.partition = p.partition
      join teller.dead_letter l on l.partition_id = p.id and l."offset" = u.at
     where s.topic = $1 order by l.partition_id, l."offset" for no key update of l
    """, .text, .int4Array, .int4Array, .int8Array)

  /// Acts on those letters of a list that are in one of the states given, and tells which.
  static let act = Statement(
    "teller_dead_act",
    """
    insert into teller.dead_letter_action
           (partition_id, "offset", action, actor, reason, redrive_count, target_incarnation, target_partition)
    select v.partition_id, v."offset", $5, $6, $7, u.redrives, $8, u.target
      from unnest($2, $3, $4, $9, $10) with ordinality
             as u (incarnation, partition, at, redrives, target, number)
      join teller.dead_letter_status v
        on v.topic = $1 and v.incarnation = u.incarnation and v.partition = u.partition and v."offset" = u.at
     where v.state = any ($11)
     order by u.number
    returning id,
      (select p.incarnation from teller.partition p where p.id = dead_letter_action.partition_id),
      (select p.partition from teller.partition p where p.id = dead_letter_action.partition_id), "offset"
    """, .text, .int4Array, .int4Array, .int8Array, .text, .text, .text, .int4, .int4Array, .int4Array,
    .textArray)

  /// How redrives ended; one that has an end keeps it.
  static let conclude = Statement(
    "teller_dead_conclude",
    """
    update teller.dead_letter_action a
       set result = u.result, target_offset = u.at, error = u.error, ended_at = clock_timestamp()
      from unnest($1, $2, $3, $4) as u (id, result, at, error)
     where a.id = u.id and a.result is null
    """, .int8Array, .textArray, .int8Array, .textArray)
}
