/// Checks the offset of everything a partition's queue delivers, and notes each hole. Pure: it reads no queue.
///
/// Below the expected offset is a repeat of the client and is dropped. Above it lies a gap, which is noted and never
/// applied over before it is confirmed: librdkafka skips silently in places.
struct PartitionIntake: Sendable {
  /// What to do with a delivered record.
  enum Verdict: Equatable, Sendable {
    case accept
    case drop
  }

  /// Holes before the accepted records, ascending, apart from each other.
  private(set) var gaps: [Range<Int64>] = []
  /// The offset that must come next.
  private(set) var expected: Int64
  /// How many records were dropped since the start.
  private(set) var dropped = 0

  init(next: Int64) { expected = next }

  /// A record was delivered.
  mutating func record(at offset: Int64) -> Verdict {
    guard offset >= expected else {
      dropped += 1
      return .drop
    }
    note(holeUpTo: offset)
    expected = offset + 1
    return .accept
  }

  /// The queue says that the log ends at `offset` for now. A marker beyond the last record (the end of a
  /// transaction) holds no record, yet the position must move over it, or lag never becomes 0.
  mutating func end(at offset: Int64) {
    guard offset > expected else { return }
    note(holeUpTo: offset)
    expected = offset
  }

  /// Two holes that touch are one, as a second reading sees it: the end may be told in the middle of a hole.
  private mutating func note(holeUpTo offset: Int64) {
    guard offset > expected else { return }
    if let last = gaps.last, last.upperBound == expected {
      gaps[gaps.count - 1] = last.lowerBound..<offset
    } else {
      gaps.append(expected..<offset)
    }
  }

  /// Starts the next batch at the position that was committed.
  mutating func restart(at next: Int64) {
    expected = next
    gaps.removeAll(keepingCapacity: true)
  }
}
