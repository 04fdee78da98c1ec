/// Whether the topic of today is the one that the open incarnation was reading.
public enum LogComparison: Equatable, Sendable {
  /// The records that were decided are still there: it is the same log.
  case same
  /// It is another log: why, by partition.
  case other([Int32: String])
  /// Some partitions are the same and some are not: the topic was not recreated as a whole.
  case mixed(same: [Int32], other: [Int32: String])
  /// Nothing that was decided can be looked at any more, or nothing ever was.
  case unproven

  /// Looks up each partition's anchors. A partition without one that is still in the log proves nothing.
  public static func compare(
    _ open: OpenIncarnation, with sighting: StreamSighting, reader: some LogReader
  ) throws(LogFailure) -> LogComparison {
    var same: [Int32] = []
    var other: [Int32: String] = [:]
    for position in open.positions {
      switch try finding(position, sighting.logRanges, reader) {
      case .same: same.append(position.partition)
      case .other(let reason): other[position.partition] = reason
      case .unproven: break
      }
    }
    if other.isEmpty { return same.isEmpty ? .unproven : .same }
    return same.isEmpty ? .other(other) : .mixed(same: same, other: other)
  }

  private enum Finding {
    case same
    case other(String)
    case unproven
  }

  private static func finding(
    _ position: RecordedPosition, _ ranges: [Range<Int64>], _ reader: some LogReader
  ) throws(LogFailure) -> Finding {
    guard ranges.indices.contains(Int(position.partition)) else {
      return .other("the topic has \(ranges.count) partitions now")
    }
    let range = ranges[Int(position.partition)]
    guard position.nextOffset <= range.upperBound else {
      return .other("the log ends at \(range.upperBound), before the position \(position.nextOffset)")
    }
    var finding = Finding.unproven
    for anchor in [position.anchors.checkpoint, position.anchors.last].compactMap(\.self) {
      // What has left the log by retention says nothing.
      guard anchor.offset >= range.lowerBound else { continue }
      guard try reader.anchor(at: anchor.offset, of: position.partition) == anchor else {
        return .other("the record at offset \(anchor.offset) is not the one that was decided")
      }
      finding = .same
    }
    return finding
  }
}
