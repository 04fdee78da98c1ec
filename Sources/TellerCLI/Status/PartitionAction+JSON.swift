import EventLog
import TellerPostgres

extension PartitionAction {
  /// For programs: what an operator did.
  var json: JSONValue {
    [
      "incarnation": .integer(Int64(incarnation)), "partition": .integer(Int64(partition)),
      "action": .string(kind.rawValue), "first_offset": .integer(firstOffset),
      "last_offset": lastOffset.map { .integer($0) } ?? .null, "epoch": .integer(epoch),
      "halted_reason": haltedReason.map { .string($0) } ?? .null, "done_by": .string(note.user),
      "reason": .string(note.reason),
      // PostgreSQL counts microseconds from the year 2000.
      "done_at": .string(Timestamp.text(doneAt / 1_000 + 946_684_800_000)),
    ]
  }
}
