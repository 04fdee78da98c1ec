import Teller

/// What a person is told of an adoption: each start, what is left out before it, and what became of the former log.
struct AdoptionNotice {
  let adoption: StreamAdoption
  let check: PlacementCheck
  let incarnation: Int32
  let isDryRun: Bool
  let isCopy: Bool

  private struct Row {
    let partition: Int
    let start: Int64
    let log: Range<Int64>

    /// Offsets that are in the log and will not be read.
    var leftOut: Int64 { start - log.lowerBound }
    var waiting: Int64 { log.upperBound - start }
  }

  private var rows: [Row] {
    adoption.starts.enumerated().map {
      Row(partition: $0.offset, start: $0.element, log: adoption.sighting.logRanges[$0.offset])
    }
  }

  private var leftOut: Int64 { rows.reduce(0) { $0 + $1.leftOut } }
  private var waiting: Int64 { rows.reduce(0) { $0 + $1.waiting } }
  /// Offsets that had left the log before anybody could choose.
  private var gone: Int64 { rows.reduce(0) { $0 + $1.log.lowerBound } }

  /// For people.
  var text: String {
    let sighting = adoption.sighting
    let done = isDryRun ? "would be adopted" : "is adopted"
    var lines = [
      """
      topic \(sighting.topic) \(done) as incarnation \(incarnation): cluster \(sighting.clusterID), \
      \(rows.count) partitions, partitioner \(adoption.placement.name), group \(sighting.group), from \
      \(adoption.record.startedFrom), by \(adoption.record.adoptedBy)
      """
    ]
    lines += TextTable.lines(
      [["partition", "start", "log begins", "log ends", "left out", "to decide"]] + rows.map(Self.cells))
    lines.append("left out: \(leftOut) offsets that are in the logs before the starts; to decide: \(waiting)")
    if gone > 0 {
      lines.append(
        "\(gone) offsets had left the logs before (they no longer begin at 0): nobody can read them any more")
    }
    lines.append(check.sentence)
    if isCopy {
      lines.append(
        """
        this cluster's log is a copy of the old one: what was decided there and lies behind the starts is read again, and \
        answered as duplicate. To go on behind it, give the old positions: --from offsets:FILE
        """)
    }
    if let former = adoption.former { lines += Self.lines(about: former, isDryRun) }
    return lines.joined(separator: "\n")
  }

  private static func cells(_ row: Row) -> [String] {
    [Int64(row.partition), row.start, row.log.lowerBound, row.log.upperBound, row.leftOut, row.waiting].map {
      String($0)
    }
  }

  private static func lines(about former: OpenIncarnation, _ isDryRun: Bool) -> [String] {
    let positions = former.positions.map { "\($0.partition)@\($0.nextOffset)" }.joined(separator: " ")
    let unpublished = former.positions.reduce(0) { $0 + $1.nextOffset - $1.publishedOffset }
    var lines = [
      """
      incarnation \(former.identity.incarnation) \(isDryRun ? "would be" : "is") closed, its positions are \(positions). \
      What lay behind them in the old log was never decided and is gone with it: how much that was, nobody can say. Its \
      keys stay remembered.
      """
    ]
    if unpublished > 0 { lines.append("\(unpublished) of its decided offsets have no published event yet") }
    lines += former.positions.compactMap { position in
      position.haltedReason.map { "partition \(position.partition) was halted: \($0)" }
    }
    return lines
  }

  /// For programs.
  var json: JSONValue {
    let sighting = adoption.sighting
    return [
      "topic": .string(sighting.topic), "adopted": .bool(!isDryRun),
      "incarnation": .integer(Int64(incarnation)),
      "cluster_id": .string(sighting.clusterID), "partition_count": .integer(Int64(rows.count)),
      "partitioner": .string(adoption.placement.name), "group": .string(sighting.group),
      "started_from": .string(adoption.record.startedFrom), "adopted_by": .string(adoption.record.adoptedBy),
      "left_out": .integer(leftOut), "to_decide": .integer(waiting), "gone_before": .integer(gone),
      "key_sample": check.json,
      "partitions": .array(
        rows.map { row in
          [
            "partition": .integer(Int64(row.partition)), "start_offset": .integer(row.start),
            "log_start_offset": .integer(row.log.lowerBound), "log_end_offset": .integer(row.log.upperBound),
            "left_out": .integer(row.leftOut), "to_decide": .integer(row.waiting),
          ]
        }),
      "is_copy": .bool(isCopy), "closed": adoption.former.map(Self.json) ?? .null,
    ]
  }

  private static func json(_ former: OpenIncarnation) -> JSONValue {
    [
      "incarnation": .integer(Int64(former.identity.incarnation)),
      "partitions": .array(former.positions.map(\.json)),
    ]
  }
}

extension RecordedPosition {
  /// For programs.
  var json: JSONValue {
    [
      "partition": .integer(Int64(partition)), "start_offset": .integer(startOffset),
      "next_offset": .integer(nextOffset), "published_offset": .integer(publishedOffset),
      "halted_reason": haltedReason.map { .string($0) } ?? .null,
    ]
  }
}
