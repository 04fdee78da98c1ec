// The group member, as the engine's control thread sees it.

public import KafkaClient
internal import Synchronization
public import Teller

/// A topic read as a member of a consumer group. It translates and decides nothing.
public final class KafkaLog: JobLog {
  private static let questionLimit = Duration.seconds(5)
  private static let proofLimit = Duration.seconds(5)
  /// syslog's warning; lines above are information.
  private static let warningLevel = 4

  /// The topic's name.
  public let topic: String
  private let consumer: Consumer
  // Held here, not only by their writers: a queue that was released while the engine holds a lock would wait for
  // librdkafka's lock of the queue, under which librdkafka calls back into the engine's.
  private let sources = Mutex<[Int32: KafkaSource]>([:])

  /// Connects in the background and does not join yet.
  ///
  /// - Parameters:
  ///   - configuration: brokers and further properties. Those that it names win over the read-ahead's.
  ///   - readAheadBytes: what may be fetched ahead of the engine, all partitions together; each partition may
  ///     overshoot its share by one answer of the broker.
  ///   - partitionCount: the topic's, among which the budget is divided.
  /// - Throws: `LogFailure` of kind `fatal` for a property that is unknown or wrong.
  public init(
    configuration: KafkaConfiguration, topic: String, group: String, readAheadBytes: Int = 64 << 20,
    partitionCount: Int32
  ) throws(LogFailure) {
    self.topic = topic
    let readAhead = ReadAhead(bytes: readAheadBytes, partitions: partitionCount)
    var all = configuration
    all.properties.merge(readAhead.properties) { given, _ in given }
    all.properties["group.id"] = group
    consumer = try translating { () throws(KafkaError) in try Consumer(all) }
  }

  /// Joins the group. The first `assigned` comes with a later poll.
  public func join() throws(LogFailure) {
    try translating { () throws(KafkaError) in try consumer.subscribe(to: topic) }
  }

  /// Waits for the next event of the group, nil when none came in time. Only the control thread polls.
  public func poll(timeout: Duration) -> LogEvent? {
    let deadline = ContinuousClock.now + timeout
    var left = timeout
    while let event = consumer.poll(timeout: left) {
      if let heard = Self.translate(event) { return heard }
      left = max(deadline - ContinuousClock.now, .zero)
    }
    return nil
  }

  /// The queue of a partition, to be asked for before `assign`. A former source of the partition gives nothing
  /// from here on: two handles on one queue would take records and wake-ups from each other.
  public func source(for partition: Int32) throws(LogFailure) -> KafkaSource {
    sources.withLock { $0.removeValue(forKey: partition) }?.release()
    let queue = try translating { () throws(KafkaError) in
      try consumer.partitionQueue(topic: topic, partition: partition)
    }
    let source = KafkaSource(queue)
    sources.withLock { $0[partition] = source }
    return source
  }

  /// Starts reading, each partition at its absolute offset; replaces what was assigned.
  public func assign(_ starts: [PartitionStart]) throws(LogFailure) {
    try translating { () throws(KafkaError) in try consumer.assign(Self.pairs(starts), topic: topic) }
  }

  /// Stops reading everything. Sources stay valid: a later `assign` fills them again.
  public func unassign() throws(LogFailure) {
    try translating { () throws(KafkaError) in try consumer.unassign() }
  }

  /// The assignment was taken away without asking (session timeout).
  public var assignmentWasLost: Bool { consumer.assignmentWasLost }

  /// Commits and waits at most 5 s for the coordinator, which accepts only a member of the present generation.
  /// - Throws: kind `notAMember` from an outsider; `transient` during a rebalance and where no answer came.
  public func proveMembership(_ positions: [PartitionStart]) throws(LogFailure) {
    try translating { () throws(KafkaError) in
      try consumer.commit(Self.pairs(positions), topic: topic, within: Self.proofLimit)
    }
  }

  /// Writes positions to Kafka for lag tools, without waiting. They are never read back.
  public func exportPositions(_ positions: [PartitionStart]) {
    consumer.commitLater(Self.pairs(positions), topic: topic)
  }

  /// The partition count, asked of a broker now, at most 5 s; nil where the topic does not exist.
  /// This question does not reach the group: it hears of new partitions by `topic.metadata.refresh.interval.ms`.
  public func partitionCount() throws(LogFailure) -> Int32? {
    try translating { () throws(KafkaError) in
      try consumer.partitionCount(of: topic, timeout: Self.questionLimit)
    }
  }

  /// The first offset kept and the last stable end, asked of the leader now, at most 5 s.
  public func range(of partition: Int32) throws(LogFailure) -> Range<Int64> {
    let marks = try translating { () throws(KafkaError) in
      try consumer.watermarks(topic: topic, partition: partition, timeout: Self.questionLimit)
    }
    return try logRange(low: marks.low, high: marks.high)
  }

  /// Lets all sources go, then leaves the group. False: librdkafka did not let go in time.
  public func close(within limit: Duration) -> Bool {
    let all = sources.withLock { sources in
      defer { sources = [:] }
      return sources
    }
    for source in all.values { source.release() }
    return consumer.close(within: limit)
  }

  private static func pairs(_ starts: [PartitionStart]) -> [(partition: Int32, offset: Int64)] {
    starts.map { (partition: $0.partition, offset: $0.offset) }
  }

  /// Nil: nothing that the engine has to hear.
  private static func translate(_ event: ConsumerEvent) -> LogEvent? {
    switch event {
    case .assigned(let partitions): .assigned(partitions)
    case .revoked(_, let lost): .revoked(lost: lost)
    case .disturbed(let why): .disturbed(why)
    case .error(let error): .trouble(LogFailure(error))
    case .fatal(let error): .fatal(LogFailure(fatal: error))
    case .log(let level, let line):
      level > warningLevel || isDisturbance(line) || isAboutCreation(line)
        ? nil : .trouble(LogFailure(.transient, code: "LOG", message: line))
    }
  }

  /// That a broker too old (or the embedded one) may create topics it is asked about. Ours are never created so.
  private static func isAboutCreation(_ line: String) -> Bool { line.hasPrefix("AUTOCREATE:") }

  /// These lines came as `disturbed` already.
  private static func isDisturbance(_ line: String) -> Bool {
    line.hasPrefix("FAIL:") || line.hasPrefix("PARTCNT:")
  }
}
