/// For how long each partition has waited for a report of anything. Pure: the time is given.
struct StallWatch: Sendable {
  private static let period = Duration.milliseconds(500)

  private var marks: [Int32: (published: Int64, since: Duration)] = [:]
  private var lookedAt: Duration?

  /// Returns the time by partition; nil: it has looked a moment ago.
  mutating func look(at partitions: [Int32: PartitionPublication], now: Duration) -> [Int32: Duration]? {
    if let lookedAt, now - lookedAt < Self.period { return nil }
    lookedAt = now
    var waiting: [Int32: Duration] = [:]
    var seen: [Int32: (published: Int64, since: Duration)] = [:]
    for (number, partition) in partitions where partition.isInFlight {
      if let mark = marks[number], mark.published == partition.published {
        seen[number] = mark
        waiting[number] = now - mark.since
      } else {
        seen[number] = (partition.published, now)
      }
    }
    marks = seen
    return waiting
  }
}
