// Sends records and reports each one's end. Idempotent unless the configuration says otherwise.

internal import CLibrdkafka
import Synchronization

/// A Kafka producer. Sendable because rd_kafka_t is thread-safe.
///
/// Idempotence covers the retries of this one instance: what a restarted or repeated send writes twice,
/// readers have to tell by something in the record.
public final class Producer: Sendable {
  let client: ClientHandle
  private let topics = Mutex<[String: ProducerTopic]>([:])

  /// Connects in the background. Reports and events come on the threads that call `poll` and `flush`.
  /// `onEvent` gets errors, the fatal one and log lines. Throws `invalidArgument` for a wrong property.
  public init(
    _ configuration: KafkaConfiguration,
    onReport: @escaping @Sendable (DeliveryReport) -> Void,
    onEvent: @escaping @Sendable (ProducerEvent) -> Void = { _ in }
  ) throws(KafkaError) {
    let settings = try ClientSettings(try configuration.resolved(for: .producer))
    let reports = ProducerReports(onReport: onReport, onEvent: onEvent)
    unsafe reports.install(in: settings.pointer)
    let owner = try settings.makeClient(RD_KAFKA_PRODUCER)
    unsafe rd_kafka_set_log_queue(owner.pointer, nil)
    client = ClientHandle(owner, context: reports)
  }

  /// Queues a record; bytes are copied. Without a partition the partitioner chooses one by the key.
  /// `timestamp` is in ms since 1970, nil for now. Throws `queueFull`, to be retried after `poll`,
  /// `msgSizeTooLarge`, or what a broken client throws. The report carries `tag`.
  public func produce(
    topic: String, partition: Int32? = nil, key: [UInt8]?, value: [UInt8]?,
    headers: [(String, [UInt8]?)] = [], timestamp: Int64? = nil, tag: UInt64 = 0
  ) throws(KafkaError) {
    let draft = RecordDraft(partition: partition ?? -1, timestamp: timestamp ?? 0, tag: tag)
    try client.require { client throws(KafkaError) in
      guard let topic = try unsafe handle(of: topic, client).pointer else { throw .closed }
      try RecordDraft.withBytes(key) { key throws(KafkaError) in
        try RecordDraft.withBytes(value) { value throws(KafkaError) in
          let list = RecordDraft.headerList(headers)
          try unsafe draft.send(client, topic: topic, key: key, value: value, headers: list)
        }
      }
    }
  }

  /// Serves reports and events, waiting at most `timeout` for the first; returns how many.
  @discardableResult
  public func poll(timeout: Duration) -> Int {
    client.use { Int(unsafe rd_kafka_poll($0, timeout.milliseconds)) } ?? 0
  }

  /// Sends what is queued and serves all reports; false if some record was still without one at `timeout`.
  public func flush(timeout: Duration) -> Bool {
    client.use { unsafe rd_kafka_flush($0, timeout.milliseconds) == RD_KAFKA_RESP_ERR_NO_ERROR } ?? false
  }

  /// Gives up what is queued or in flight. Their reports, `purgedFromQueue` and `purgedInFlight` (which may
  /// have been written), come with the next polls.
  public func purge() {
    client.use { client in
      _ = unsafe rd_kafka_purge(client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
    }
  }

  /// Records without a report, and reports not yet served.
  public var pending: Int { client.use { Int(unsafe rd_kafka_outq_len($0)) } ?? 0 }

  /// The fatal error that this producer has met, if any: make another one.
  public var fatalError: KafkaError? { client.use { unsafe KafkaError.fatal(of: $0) } ?? nil }

  /// Frees everything; what has not been sent is lost (`flush` first). Blocks at most `limit`; false if
  /// librdkafka did not let go in time.
  @discardableResult
  public func close(within limit: Duration) -> Bool {
    guard client.shut() else { return true }
    return finishes(within: limit) { [self] in
      client.waitForCalls()
      topics.withLock { topics in
        for topic in topics.values { topic.release() }
        topics = [:]
      }
      client.destroy()
    }
  }

  func handle(of name: String, _ client: OpaquePointer) throws(KafkaError) -> ProducerTopic {
    // Under the lock: two handles of one name would be two to release, and one would be lost.
    try topics.withLock { (topics) throws(KafkaError) in
      if let known = topics[name] { return known }
      guard let owner = unsafe Owned<TopicResource>(ifAny: rd_kafka_topic_new(client, name, nil)) else {
        throw KafkaError(rd_kafka_last_error())
      }
      let made = ProducerTopic(name, owner, client: self.client)
      topics[name] = made
      return made
    }
  }
}
