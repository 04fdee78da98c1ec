// The judge of gaps and anchors: the same log, read a second time by somebody else.

public import KafkaClient
internal import Synchronization
public import Teller

/// A second, group-less reading of a topic. Any thread may ask; they take turns.
public final class KafkaLogReader: LogReader, Sendable {
  private let records: LogVisitor
  private let ranges: LogVisitor
  private let limit: Duration
  private let recordTurn = Mutex<Void>(())
  private let rangeTurn = Mutex<Void>(())

  /// Connects in the background.
  ///
  /// - Parameters:
  ///   - configuration: brokers and further properties; a group in it is left out.
  ///   - limit: how long one question may take, 10 s by default.
  /// - Throws: `LogFailure` of kind `fatal` for a property that is unknown or wrong.
  public init(
    configuration: KafkaConfiguration, topic: String, limit: Duration = .seconds(10)
  ) throws(LogFailure) {
    records = try LogVisitor(configuration: configuration, topic: topic, .record)
    ranges = try LogVisitor(configuration: configuration, topic: topic, .range)
    self.limit = limit
  }

  /// Reads `range` until a record at or behind its end, or until the log's end, wherever that is: an end
  /// before the range's shows in `reached`, and then the scan proves nothing.
  ///
  /// - Throws: kind `outOfRange` where the range's begin is not in the log, `transient` where the reading was
  ///   disturbed or came to no end in time.
  public func scan(_ range: Range<Int64>, of partition: Int32) throws(LogFailure) -> LogScan {
    try rangeTurn.withLock { (_) throws(LogFailure) in
      // A long aborted transaction holds nothing to show and much to fetch.
      let deadline = ContinuousClock.now + limit + .seconds(min(range.count / 50_000, 60))
      var offsets: [Int64] = []
      var reached = range.lowerBound
      try ranges.visit(partition, from: range.lowerBound, until: deadline) { record in
        if range.contains(record.offset) { offsets.append(record.offset) }
        reached = record.offset
        return record.offset >= range.upperBound
      } end: { end in
        reached = end
        return true
      }
      // Asked afterwards: a begin that still lies before the range lay there all the while.
      let low = try ranges.range(of: partition, within: limit).lowerBound
      return LogScan(offsets: offsets, reached: reached, low: low)
    }
  }

  /// Digests the record at an offset; nil where the log goes on behind it without one.
  ///
  /// - Throws: kind `outOfRange` where the offset is not in the log; `transient` where the log ends at or before it
  ///   (who asks has seen it go on behind: a new leader may not know yet), or as `scan`.
  public func anchor(at offset: Int64, of partition: Int32) throws(LogFailure) -> Anchor? {
    try recordTurn.withLock { (_) throws(LogFailure) in
      var found: Anchor?
      var logEnd: Int64?
      try records.visit(partition, from: offset, until: ContinuousClock.now + limit) { record in
        if record.offset == offset { found = Anchor(of: record) }
        return record.offset >= offset
      } end: { end in
        logEnd = end
        return true
      }
      if let logEnd, logEnd <= offset {
        throw LogFailure(
          .transient, code: "LOG_ENDS",
          message: "partition \(partition) ends at \(logEnd), and its record at \(offset) was asked for")
      }
      return found
    }
  }

  /// Reads what the log still holds of `range`, headers included, up to about `bytesMax` bytes; `reached` is behind the
  /// last offset that was looked at, gaps included.
  ///
  /// - Throws: `transient` where the log ends before the range does, or as `scan`.
  public func records(
    in range: Range<Int64>, of partition: Int32, bytesMax: Int
  ) throws(LogFailure) -> (batch: RecordBatch, reached: Int64) {
    try rangeTurn.withLock { (_) throws(LogFailure) in
      var batch = RecordBatch()
      let low = try ranges.range(of: partition, within: limit).lowerBound
      let start = max(range.lowerBound, low)
      guard start < range.upperBound else { return (batch, range.upperBound) }
      var reached = start
      let deadline = ContinuousClock.now + limit + .seconds(min(range.count / 50_000, 60))
      try ranges.visit(partition, from: start, until: deadline) { record in
        reached = min(record.offset, range.upperBound)
        guard record.offset < range.upperBound, batch.byteCount < bytesMax else { return true }
        KafkaSource.append(record, to: &batch)
        reached = record.offset + 1
        return reached >= range.upperBound
      } end: { end in
        reached = max(reached, min(end, range.upperBound))
        return true
      }
      guard reached >= range.upperBound || batch.byteCount >= bytesMax else {
        throw LogFailure(
          .transient, code: "LOG_ENDS",
          message: "partition \(partition) ends at \(reached), and \(range) was asked for")
      }
      return (batch, reached)
    }
  }

  /// Frees everything. False: librdkafka did not let go in time.
  @discardableResult
  public func close(within limit: Duration) -> Bool {
    records.close(within: limit) && ranges.close(within: limit)
  }
}

extension Anchor {
  fileprivate init(of record: borrowing Record) {
    var key: [UInt8] = []
    record.appendKey(to: &key)
    var value: [UInt8] = []
    record.appendValue(to: &value)
    self.init(
      offset: record.offset, key: record.keyIsNull ? nil : key, value: record.valueIsNull ? nil : value,
      timestamp: record.timestamp)
  }
}
