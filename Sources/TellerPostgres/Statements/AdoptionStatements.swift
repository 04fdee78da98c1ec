internal import PostgresClient

/// The engine's statements of adoption, in the order in which a transaction runs them, and what people ask about it.
enum AdoptionStatements {
  /// In the order of their ids, as every other lock of owner rows: a batch or a takeover in flight ends first.
  static let lockOwners = Statement(
    "teller_lock_owners",
    """
    select p.partition, o.next_offset
      from teller.owner o join teller.partition p on p.id = o.partition_id
     where p.stream = $1 and p.incarnation = $2 order by o.partition_id for update of o
    """, .int4, .int4)

  /// Fences whoever still holds one, and leaves nothing that a takeover matches.
  static let closeOwners = Statement(
    "teller_close_owners",
    """
    update teller.owner set epoch = epoch + 1, owner = '', closed = true
     where partition_id in (select id from teller.partition where stream = $1 and incarnation = $2)
    """, .int4, .int4)

  static let closeIncarnation = Statement(
    "teller_close_incarnation",
    """
    update teller.incarnation set closed_at = clock_timestamp()
     where stream = $1 and incarnation = $2 and closed_at is null
    """, .int4, .int4)

  static let setGroup = Statement(
    "teller_set_group", "update teller.stream set consumer_group = $2 where id = $1", .int4, .text)

  static let insertStream = Statement(
    "teller_insert_stream",
    "insert into teller.stream (topic, consumer_group) values ($1, $2) returning id", .text, .text)

  static let insertIncarnation = Statement(
    "teller_insert_incarnation",
    """
    insert into teller.incarnation (stream, incarnation, cluster_id, partition_count, partitioner, started_from,
                                    adopted_by, key_sample)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    """, .int4, .int4, .text, .int4, .text, .text, .text, .text)

  /// One element a partition: its start, and the record before it.
  static let insertPartitions = Statement(
    "teller_insert_partitions",
    """
    with added as (
      insert into teller.partition (stream, incarnation, partition)
      select $1, $2, i - 1 from generate_series(1, cardinality($3)) as i returning id, partition + 1 as i),
    owned as (
      insert into teller.owner (partition_id, start_offset, next_offset, last_offset, last_digest)
      select id, ($3)[i], ($3)[i], ($4)[i], ($5)[i] from added returning 1)
    insert into teller.cursor (partition_id, published_offset) select id, ($3)[i] from added
    """, .int4, .int4, .int8Array, .int8Array, .byteaArray)

  static let positions = Statement(
    "teller_recorded_positions",
    """
    select p.partition, o.start_offset, o.next_offset, c.published_offset, o.last_offset, o.last_digest,
           o.checkpoint_offset, o.checkpoint_digest, o.halted_reason
      from teller.partition p
      join teller.owner o on o.partition_id = p.id
      join teller.cursor c on c.partition_id = p.id
     where p.stream = $1 and p.incarnation = $2 order by p.partition
    """, .int4, .int4)

  static let incarnations = Statement(
    "teller_incarnations",
    """
    select s.id, i.incarnation, i.cluster_id, i.partition_count, i.partitioner, s.consumer_group, i.started_from,
           i.adopted_by, i.key_sample, i.opened_at, i.closed_at
      from teller.stream s join teller.incarnation i on i.stream = s.id
     where s.topic = $1 order by i.incarnation
    """, .text)
}
