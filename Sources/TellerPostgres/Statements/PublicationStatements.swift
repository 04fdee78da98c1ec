internal import PostgresClient

/// The publisher's statements. `move` runs many times a second, the others at a takeover and after a crash: for each, the
/// work follows what is asked for and not what the tables hold, but for cursors, of which there is one a partition. Their
/// plans are checked with EXPLAIN.
///
/// What is looked up beside a row is a subselect, never a join: with values unknown the planner guesses a range's length
/// from the table's, and would read a whole table for a hash join.
enum PublicationStatements {
  /// A step back over any number of gaps is one look into each table that holds decided offsets.
  static let cursors = Statement(
    "teller_cursors",
    """
    select o.partition_id, c.published_offset,
           greatest(
             (select d."offset" from teller.dedup d
               where d.partition_id = o.partition_id and d."offset" < c.published_offset
               order by d."offset" desc limit 1),
             (select t."offset" from teller.repeat t
               where t.partition_id = o.partition_id and t."offset" < c.published_offset
               order by t."offset" desc limit 1),
             (select l."offset" from teller.dead_letter l
               where l.partition_id = o.partition_id and l."offset" < c.published_offset
               order by l."offset" desc limit 1)),
           o.next_offset
      from unnest($1, $2, $3) as u (id, epoch, owner)
      join teller.owner o on o.partition_id = u.id and o.epoch = u.epoch and o.owner = u.owner
      join teller.cursor c on c.partition_id = u.id
    """, .int4Array, .int8Array, .textArray)

  /// The owner's row is only read: publishing must not wait for a batch. So a move may pass a takeover that commits at
  /// the same moment; it is true all the same, and the cursor's own epoch, checked on the row's newest version, keeps
  /// it behind the successor's first move.
  static let move = Statement(
    "teller_cursor_move",
    """
    update teller.cursor c set published_offset = u.published, epoch = u.epoch, trouble = null
      from unnest($1, $2, $3, $4) as u (id, epoch, owner, published)
      join teller.owner o on o.partition_id = u.id and o.epoch = u.epoch and o.owner = u.owner
                         and o.next_offset >= u.published
     where c.partition_id = u.id and c.epoch <= u.epoch and c.published_offset <= u.published
    returning c.partition_id
    """, .int4Array, .int8Array, .textArray, .int8Array)

  static let note = Statement(
    "teller_cursor_note",
    "update teller.cursor set trouble = $2 where partition_id = any($1) and trouble is distinct from $2",
    .int4Array, .text)

  static let histories = Statement("teller_histories", "select id, random_id from teller.history")

  /// The position and, in the same snapshot, the batches: from the one that begins at or before the range on.
  static let batches = Statement(
    "teller_decided_batches",
    """
    select o.next_offset, b.first_offset, b.next_offset, b.epoch, b.history, b.decided_at
      from teller.owner o
      left join lateral (
        select * from teller.batch a
         where a.partition_id = $1 and a.first_offset < $3
           and a.first_offset >= coalesce(
             (select z.first_offset from teller.batch z where z.partition_id = $1 and z.first_offset <= $2
               order by z.first_offset desc limit 1), $2)
         order by a.first_offset limit $4) b on true
     where o.partition_id = $1
     order by b.first_offset
    """, .int4, .int8, .int8, .int8)

  static let claims = Statement(
    "teller_decided_claims",
    """
    select d."offset", d.key, d.key_text,
           (select r.code from teller.refusal r where r.partition_id = d.partition_id and r."offset" = d."offset")
      from teller.dedup d
     where d.partition_id = $1 and d."offset" >= $2 and d."offset" < $3
     order by d."offset" limit $4
    """, .int4, .int8, .int8, .int8)

  static let repeats = Statement(
    "teller_decided_repeats",
    """
    select t."offset", t.key,
           (select d.key_text from teller.dedup d
             where d.key = t.key and d.stream = (select p.stream from teller.partition p where p.id = t.partition_id)),
           t.is_reuse,
           (select r.code from teller.refusal r
             where r.partition_id = t.first_partition_id and r."offset" = t.first_offset),
           (select p.incarnation from teller.partition p where p.id = t.first_partition_id),
           (select p.partition from teller.partition p where p.id = t.first_partition_id),
           t.first_offset
      from teller.repeat t
     where t.partition_id = $1 and t."offset" >= $2 and t."offset" < $3
     order by t."offset" limit $4
    """, .int4, .int8, .int8, .int8)

  /// Ends where the records before have $5 bytes or more; how many there are without that end stands in each row.
  static let dead = Statement(
    "teller_decided_dead",
    """
    select m."offset", m.code, m.reason, m.idempotency_key, m.key_text, m.record_timestamp, m.record_key,
           m.record_value, m.headers, m.found
      from (select l.*, count(*) over () as found,
                   sum(l.size) over (order by l."offset" rows between unbounded preceding and 1 preceding) as before
              from (select a."offset", a.code, a.reason, a.idempotency_key, a.key_text, a.record_timestamp,
                           a.record_key, a.record_value, a.headers::text as headers,
                           coalesce(octet_length(a.record_key), 0) + coalesce(octet_length(a.record_value), 0)
                             + coalesce(octet_length(a.headers::text), 0) as size
                      from teller.dead_letter a
                     where a.partition_id = $1 and a."offset" >= $2 and a."offset" < $3
                     order by a."offset" limit $4) l) m
     where coalesce(m.before, 0) < $5
     order by m."offset"
    """, .int4, .int8, .int8, .int8, .int8)
}
