internal import PostgresClient

/// The engine's statements around ownership and streams. Rare: a takeover, a look every few seconds.
enum OwnershipStatements {
  static let partitionID = Statement(
    "teller_partition_id",
    "select id from teller.partition where stream = $1 and incarnation = $2 and partition = $3", .int4, .int4,
    .int4)

  /// The predicate names only this row: after waiting for a batch in flight, PostgreSQL checks it again on the row's new
  /// version, but not on joined tables (chapter 13.2.1).
  static let takeOver = Statement(
    "teller_take_over",
    """
    update teller.owner set epoch = epoch + 1, owner = $2, halted_reason = null
     where partition_id = $1 and not closed
    returning epoch, next_offset, last_offset, last_digest, checkpoint_offset, checkpoint_digest
    """, .int4, .text)

  static let halt = Statement(
    "teller_halt",
    "update teller.owner set halted_reason = $4 where partition_id = $1 and epoch = $2 and owner = $3",
    .int4, .int8, .text, .text)

  static let haltStream = Statement(
    "teller_halt_stream",
    """
    update teller.owner set halted_reason = $3
     where partition_id in (select id from teller.partition where stream = $1 and incarnation = $2)
    """, .int4, .int4, .text)

  static let positions = Statement(
    "teller_positions",
    """
    select p.partition, o.next_offset, c.published_offset, o.halted_reason
      from teller.owner o
      join teller.partition p on p.id = o.partition_id
      join teller.cursor c on c.partition_id = o.partition_id
     where p.stream = $1 and p.incarnation = $2 order by p.partition
    """, .int4, .int4)

  /// Two workers that start together must not both adopt the topic.
  static let adoptionLock = Statement(
    "teller_adoption_lock", "select pg_advisory_xact_lock(1952541036, hashtext($1))", .text)

  static let stream = Statement(
    "teller_stream",
    """
    select s.id, i.incarnation, i.cluster_id, i.partition_count, i.partitioner, s.consumer_group
      from teller.stream s join teller.incarnation i on i.stream = s.id and i.closed_at is null
     where s.topic = $1
    """, .text)
}
