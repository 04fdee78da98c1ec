public import Teller

/// The second, group-less reader of a simulated log.
public struct SimulatedLogReader: LogReader {
  private let broker: SimulatedBroker

  /// A reader of everything in a broker.
  public init(_ broker: SimulatedBroker) { self.broker = broker }

  /// Reads a range once, as it is now.
  public func scan(_ range: Range<Int64>, of partition: Int32) throws(LogFailure) -> LogScan {
    try broker.answer(.scan)
    let log = broker.snapshot(partition)
    let offsets = range.filter { log.records[$0] != nil }
    let reached = log.next(from: range.upperBound) ?? log.end
    return LogScan(offsets: offsets, reached: reached, low: log.low)
  }

  /// Digests the record at an offset; nil in a gap or outside of the log.
  public func anchor(at offset: Int64, of partition: Int32) throws(LogFailure) -> Anchor? {
    try broker.answer(.anchor)
    guard let record = broker.snapshot(partition).records[offset] else { return nil }
    return Anchor(offset: offset, key: record.key, value: record.value, timestamp: record.timestamp)
  }

  /// Reads what the log still holds of a range, once, as it is now.
  public func records(
    in range: Range<Int64>, of partition: Int32, bytesMax: Int
  ) throws(LogFailure) -> (batch: RecordBatch, reached: Int64) {
    try broker.answer(.scan)
    let log = broker.snapshot(partition)
    var batch = RecordBatch()
    for offset in range {
      if batch.byteCount >= bytesMax { return (batch, offset) }
      if let record = log.records[offset] { record.append(to: &batch, at: offset) }
    }
    return (batch, range.upperBound)
  }
}
