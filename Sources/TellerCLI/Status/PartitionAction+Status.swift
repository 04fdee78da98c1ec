import EventLog
import TellerPostgres

extension PartitionAction {
  /// For people: what an operator did, in a line.
  var text: String {
    let what =
      switch kind {
      case .resume: "resumed at offset \(firstOffset)"
      case .skip: "skipped from offset \(firstOffset) to \(lastOffset ?? firstOffset)"
      }
    return "partition \(partition) was \(what) by \(SafeText.line(note.user)), \(doneAtText): "
      + SafeText.line(note.reason)
  }

  /// PostgreSQL counts microseconds from the year 2000.
  private var doneAtText: String { Timestamp.text(doneAt / 1_000 + 946_684_800_000) }

  /// For programs: what an operator did.
  var json: JSONValue {
    [
      "incarnation": .integer(Int64(incarnation)), "partition": .integer(Int64(partition)),
      "action": .string(kind.rawValue), "first_offset": .integer(firstOffset),
      "last_offset": lastOffset.map { .integer($0) } ?? .null, "epoch": .integer(epoch),
      "halted_reason": haltedReason.map { .string($0) } ?? .null, "done_by": .string(note.user),
      "reason": .string(note.reason),
      "done_at": .string(doneAtText),
    ]
  }
}
