internal import PostgresClient

/// What operators do to partitions and to the history. Rare, and each change is one statement behind a locked row.
enum OperatorStatements {
  static let begin = "begin isolation level read committed"
  static let commit = "commit"
  static let rollback = "rollback"

  /// A partition of the open incarnation as it stands. An owner is alive while a session bears its name. PostgreSQL cuts
  /// application names to 63 bytes and spells what is not ASCII in its own way, which differs by version: whether an owner
  /// with such a name is alive cannot be told, so it counts as alive.
  static let standing = Statement("teller_operator_standing", standingText, .text, .int4, .text)

  /// The same, with the row locked: a batch in flight is waited for, and its end is what is seen.
  static let lockedStanding = Statement(
    "teller_operator_locked_standing", standingText + " for update of o", .text, .int4, .text)

  private static let standingText = """
    select o.partition_id, o.epoch, o.owner, o.next_offset, o.last_offset, o.last_digest, o.checkpoint_offset,
           o.checkpoint_digest, o.halted_reason,
           o.owner <> '' and (o.owner ~ '[^ -~]' or exists (
             select from pg_stat_activity a
              where a.datname = current_database() and convert_to(a.application_name, 'UTF8')
                  = substr(convert_to($3 || o.owner, 'UTF8'), 1, 63))) as is_alive
      from teller.owner o
      join teller.partition p on p.id = o.partition_id
      join teller.incarnation i on i.stream = p.stream and i.incarnation = p.incarnation and i.closed_at is null
      join teller.stream s on s.id = p.stream
     where s.topic = $1 and p.partition = $2 and not o.closed
    """

  /// The owner keeps its row: it, or its successor, claims the partition anew.
  static let resume = Statement(
    "teller_operator_resume",
    """
    with cleared as (
      update teller.owner set halted_reason = null where partition_id = $1
      returning partition_id, next_offset, epoch)
    insert into teller.partition_action (partition_id, action, first_offset, epoch, halted_reason, done_by, reason)
    select partition_id, 'resume', next_offset, epoch, $2, $3, $4 from cleared returning epoch
    """, .int4, .text, .text, .text)

  /// The range becomes a gap and a batch without records: the offsets stay accounted for, and publishing finds no hole
  /// between batches. The sequence is drawn while the row is locked, as a batch's is.
  static let skip = Statement(
    "teller_operator_skip",
    """
    with moved as (
      update teller.owner set epoch = epoch + 1, owner = '', next_offset = $3, halted_reason = null
       where partition_id = $1 and next_offset = $2
      returning partition_id, epoch),
    recorded as (
      insert into teller.confirmed_gap (partition_id, first_offset, last_offset, cause)
      select partition_id, $2, $3 - 1, $4 from moved),
    decided as (
      insert into teller.batch (partition_id, first_offset, next_offset, epoch, sequence, decided_at)
      select partition_id, $2, $3, epoch, nextval('teller.batch_sequence'), clock_timestamp() from moved)
    insert into teller.partition_action (partition_id, action, first_offset, last_offset, epoch, halted_reason, done_by,
                                         reason)
    select partition_id, 'skip', $2, $3 - 1, epoch, $5, $6, $7 from moved returning epoch
    """, .int4, .int8, .int8, .text, .text, .text, .text)

  static let currentHistory = Statement(
    "teller_operator_history", "select id from teller.history order by id desc limit 1")

  /// The newest first.
  static let actions = Statement(
    "teller_read_actions",
    """
    select p.incarnation, p.partition, a.action, a.first_offset, a.last_offset, a.epoch, a.halted_reason, a.done_by,
           a.reason, a.done_at
      from teller.partition_action a join teller.partition p on p.id = a.partition_id
     where p.stream = $1 order by a.id desc limit $2
    """, .int4, .int4)
}
