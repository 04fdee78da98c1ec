// A look at which keys lie in which partition: evidence of the producers' partitioner.

public import KafkaClient
public import Teller

/// Samples the keys of a topic from outside every group. Not for several threads at once.
public final class KeySampler: Sendable {
  /// Records of each partition, and of a topic with many partitions all together.
  static let recordsPerPartitionMax = 200
  static let recordsMax = 20_000
  private static let recordsPerPartitionMin = 20
  private static let attemptsMax = 3
  private static let stretchLimit = Duration.seconds(5)

  private let visitor: LogVisitor

  /// Connects in the background.
  ///
  /// - Parameter configuration: brokers and further properties; a group in it is left out.
  /// - Throws: `LogFailure` of kind `fatal` for a property that is unknown or wrong.
  public init(configuration: KafkaConfiguration, topic: String) throws(LogFailure) {
    visitor = try LogVisitor(configuration: configuration, topic: topic, .range)
  }

  /// Reads up to 200 records of each partition (20,000 of all together), half of them around its start, half at its
  /// end. When the time is over the sample is what was read until then; it says of how many partitions.
  ///
  /// - Parameters:
  ///   - starts: where reading will begin, by partition.
  ///   - limit: how long it may take, 15 s by default.
  /// - Throws: what a reading failed with three times.
  public func sample(
    _ sighting: StreamSighting, from starts: [Int64], within limit: Duration = .seconds(15)
  ) throws(LogFailure) -> PartitionerEvidence {
    var evidence = PartitionerEvidence(partitionCount: Int32(max(sighting.logRanges.count, 1)))
    let deadline = ContinuousClock.now + limit
    // All starts, then all ends: what the time allows is spread over the partitions.
    let stretches = Self.stretches(of: sighting.logRanges, from: starts)
    for (partition, range) in stretches.map(\.first) + stretches.map(\.second) where !range.isEmpty {
      guard ContinuousClock.now < deadline else { break }
      for key in try keys(range, of: partition, until: deadline) { evidence.add(key: key, in: partition) }
    }
    return evidence
  }

  /// Frees everything. False: librdkafka did not let go in time.
  @discardableResult
  public func close(within limit: Duration) -> Bool { visitor.close(within: limit) }

  typealias Stretch = (partition: Int32, range: Range<Int64>)

  /// Two stretches of each log that do not overlap; each may be empty.
  static func stretches(
    of logs: [Range<Int64>], from starts: [Int64]
  ) -> [(first: Stretch, second: Stretch)] {
    let share = recordsMax / max(logs.count, 1)
    let half = Int64(min(max(share, recordsPerPartitionMin), recordsPerPartitionMax) / 2)
    return zip(logs, starts).enumerated().map { number, pair in
      let (log, start) = pair
      let partition = Int32(number)
      let begin = max(log.lowerBound, min(start, log.upperBound - half))
      let middle = min(begin + half, log.upperBound)
      return (
        (partition, begin..<middle), (partition, max(middle, log.upperBound - half)..<log.upperBound)
      )
    }
  }

  /// The keys of a stretch, nil for a record without one.
  private func keys(
    _ range: Range<Int64>, of partition: Int32, until deadline: ContinuousClock.Instant
  ) throws(LogFailure) -> [[UInt8]?] {
    var attempt = 0
    while true {
      var keys: [[UInt8]?] = []
      do throws(LogFailure) {
        let end = min(deadline, ContinuousClock.now + Self.stretchLimit)
        try visitor.visit(partition, from: range.lowerBound, until: end) { record in
          if record.offset < range.upperBound { keys.append(Self.key(of: record)) }
          return record.offset >= range.upperBound - 1
        } end: { _ in
          true
        }
        return keys
      } catch {
        if ContinuousClock.now >= deadline { return keys }
        attempt += 1
        guard error.kind == .transient, attempt < Self.attemptsMax else { throw error }
      }
    }
  }

  private static func key(of record: borrowing Record) -> [UInt8]? {
    if record.keyIsNull { return nil }
    var key: [UInt8] = []
    record.appendKey(to: &key)
    return key
  }
}
