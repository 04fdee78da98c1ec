// What the brokers show of a topic, before anybody works on it.

public import KafkaClient
internal import Synchronization
public import Teller

/// Looks at a topic from outside every group. Any thread may ask; they take turns.
public final class TopicScout: Sendable {
  private let visitor: LogVisitor
  private let turn = Mutex<Void>(())

  /// Connects in the background.
  ///
  /// - Parameter configuration: brokers and further properties; a group in it is left out.
  /// - Throws: `LogFailure` of kind `fatal` for a property that is unknown or wrong.
  public init(configuration: KafkaConfiguration, topic: String) throws(LogFailure) {
    visitor = try LogVisitor(configuration: configuration, topic: topic, .record)
  }

  /// The cluster, the topic's partitions and the bounds of their logs, asked now. A topic that does not exist has
  /// no `logRanges`. Whoever starts up asks again while this throws `transient`.
  ///
  /// - Parameters:
  ///   - group: the consumer group that wants to work on the topic; it is only noted.
  ///   - limit: how long all questions together may take.
  public func sight(
    for group: String, within limit: Duration = .seconds(10)
  ) throws(LogFailure) -> StreamSighting {
    try turn.withLock { (_) throws(LogFailure) in
      let deadline = ContinuousClock.now + limit
      let topic = visitor.topic
      let cluster = try ask(until: deadline) { (consumer, left) throws(KafkaError) in
        try consumer.clusterID(timeout: left)
      }
      let count = try ask(until: deadline) { (consumer, left) throws(KafkaError) in
        try consumer.partitionCount(of: topic, timeout: left)
      }
      var ranges: [Range<Int64>] = []
      for partition in 0..<(count ?? 0) {
        ranges.append(try visitor.range(of: partition, within: Self.left(until: deadline)))
      }
      return StreamSighting(topic: topic, clusterID: cluster, logRanges: ranges, group: group)
    }
  }

  /// Frees everything. False: librdkafka did not let go in time.
  @discardableResult
  public func close(within limit: Duration) -> Bool { visitor.close(within: limit) }

  private func ask<Answer>(
    until deadline: ContinuousClock.Instant,
    _ question: (Consumer, Duration) throws(KafkaError) -> Answer
  ) throws(LogFailure) -> Answer {
    let left = Self.left(until: deadline)
    return try visitor.ask { (consumer) throws(KafkaError) in try question(consumer, left) }
  }

  /// Never zero: a question that is asked gets a moment.
  private static func left(until deadline: ContinuousClock.Instant) -> Duration {
    max(deadline - ContinuousClock.now, .milliseconds(1))
  }
}
