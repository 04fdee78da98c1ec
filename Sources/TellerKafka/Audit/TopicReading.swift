// Whole topics, read once from their begin to their end for an audit.

public import KafkaClient
internal import Synchronization
public import Teller

/// A record as it stands in a topic.
public struct TopicRecord: Sendable {
  /// Its offset there.
  public let offset: Int64
  /// Its key; nil for null.
  public let key: [UInt8]?
  /// Its value; nil for null.
  public let value: [UInt8]?
  /// All of its headers.
  public let headers: [RecordHeader]

  /// A record from its parts.
  public init(offset: Int64, key: [UInt8]?, value: [UInt8]?, headers: [RecordHeader]) {
    self.offset = offset
    self.key = key
    self.value = value
    self.headers = headers
  }
}

/// Reads a topic stretch by stretch, outside every group. Any thread may ask; they take turns.
public final class TopicReading: Sendable {
  private let visitor: LogVisitor
  private let limit: Duration
  private let turn = Mutex<Void>(())

  /// Connects in the background.
  ///
  /// - Parameters:
  ///   - configuration: brokers and further properties; a group in it is left out.
  ///   - limit: how long one question may take, 30 s by default.
  /// - Throws: `LogFailure` of kind `fatal` for a property that is unknown or wrong.
  public init(
    configuration: KafkaConfiguration, topic: String, limit: Duration = .seconds(30)
  ) throws(LogFailure) {
    visitor = try LogVisitor(configuration: configuration, topic: topic, .range)
    self.limit = limit
  }

  /// The topic's name.
  public var topic: String { visitor.topic }

  /// The bounds of each partition's log, asked now; empty where there is no such topic.
  public func bounds() throws(LogFailure) -> [Range<Int64>] {
    try turn.withLock { (_) throws(LogFailure) in
      let limit = limit
      let topic = visitor.topic
      let count = try visitor.ask { (consumer) throws(KafkaError) in
        try consumer.partitionCount(of: topic, timeout: limit)
      }
      var bounds: [Range<Int64>] = []
      for partition in 0..<(count ?? 0) { bounds.append(try visitor.range(of: partition, within: limit)) }
      return bounds
    }
  }

  /// Reads records from the begin of `range` on, until its end or about `bytesMax` bytes.
  ///
  /// - Returns: the records, and where to go on: the range's end where the log ends before it.
  /// - Throws: `outOfRange` where the log no longer holds the begin; `transient` where it was disturbed.
  public func records(
    in range: Range<Int64>, of partition: Int32, bytesMax: Int, countMax: Int
  ) throws(LogFailure) -> (records: [TopicRecord], next: Int64) {
    try turn.withLock { (_) throws(LogFailure) in
      var records: [TopicRecord] = []
      var bytes = 0
      var next = range.lowerBound
      try visitor.visit(partition, from: range.lowerBound, until: ContinuousClock.now + limit) { record in
        guard record.offset < range.upperBound else {
          next = range.upperBound
          return true
        }
        records.append(TopicRecord(record))
        bytes += record.keyLength + record.valueLength
        next = record.offset + 1
        return next >= range.upperBound || bytes >= bytesMax || records.count >= countMax
      } end: { _ in
        next = range.upperBound
        return true
      }
      return (records, next)
    }
  }

  /// Frees everything. False: librdkafka did not let go in time.
  @discardableResult
  public func close(within limit: Duration) -> Bool { visitor.close(within: limit) }
}

extension TopicRecord {
  init(_ record: borrowing Record) {
    var key: [UInt8] = []
    record.appendKey(to: &key)
    var value: [UInt8] = []
    record.appendValue(to: &value)
    self.init(
      offset: record.offset, key: record.keyIsNull ? nil : key, value: record.valueIsNull ? nil : value,
      headers: record.headers().map { RecordHeader(name: $0.name, value: $0.value) })
  }
}
