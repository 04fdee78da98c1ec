// A member of a consumer group, or a reader of given partitions. Callers own the threads and the offsets.

internal import CLibrdkafka
import Synchronization

/// A Kafka consumer whose offsets belong to the caller: it assigns absolute ones and commits none by itself.
///
/// With `group.id` it can `subscribe`; without, it reads what it assigns and never commits.
/// Sendable because rd_kafka_t is thread-safe; only one thread should `poll`.
public final class Consumer: Sendable {
  let client: ClientHandle
  let events: EventRecorder
  /// Whether it belongs to a group.
  public let isMember: Bool
  private let queues = Mutex<[WeakQueue]>([])

  private struct WeakQueue: Sendable { weak let queue: PartitionQueue? }

  /// Connects in the background. Throws `invalidArgument`, with a hint, for a property that is unknown,
  /// wrong, or would break what a consumer promises.
  public init(_ configuration: KafkaConfiguration) throws(KafkaError) {
    isMember = configuration.group != nil
    var properties = try configuration.resolved(for: .consumer)
    if !isMember {
      // librdkafka assigns nothing without a group id; this one is never joined nor committed to.
      properties.append((name: "group.id", value: "reader-\(UInt64.random(in: .min ... .max))"))
    }
    let settings = try ClientSettings(properties)
    events = EventRecorder(isMember: isMember)
    unsafe install(events, in: settings.pointer, isConsumer: true)
    let owner = try settings.makeClient(RD_KAFKA_CONSUMER)
    // Everything but the partition queues arrives on one queue: group, errors, log lines.
    unsafe rd_kafka_poll_set_consumer(owner.pointer)
    unsafe rd_kafka_set_log_queue(owner.pointer, nil)
    client = ClientHandle(owner, context: events)
  }

  /// Joins the group for one topic. A consumer without `group.id` throws `wrongState`.
  public func subscribe(to topic: String) throws(KafkaError) {
    guard isMember else {
      throw KafkaError(
        code: KafkaError.Code.wrongState, message: "a consumer without group.id cannot subscribe",
        hint: "set group.id, or assign partitions")
    }
    let list = PartitionList([(partition: -1, offset: -1001)], topic: topic)
    try client.require { client throws(KafkaError) in
      try unsafe KafkaError.check(rd_kafka_subscribe(client, list.pointer))
    }
  }

  /// The next event, waiting at most `timeout`; nil if none came or the consumer was closed.
  /// A rebalance has only been recorded: it goes on when the caller answers it with `assign` or `unassign`.
  public func poll(timeout: Duration) -> ConsumerEvent? {
    if let event = events.next() { return event }
    client.use { client in
      guard let message = unsafe rd_kafka_consumer_poll(client, timeout.milliseconds) else { return }
      let record = unsafe Record(message)
      unsafe events.record(record, of: client)
    }
    return events.next()
  }

  /// The assignment was lost without a revocation: others may own the partitions already.
  public var assignmentWasLost: Bool {
    client.use { unsafe rd_kafka_assignment_lost($0) != 0 } ?? true
  }

  /// The fatal error that this consumer has met, if any.
  public var fatalError: KafkaError? {
    client.use { unsafe KafkaError.fatal(of: $0) } ?? nil
  }

  /// Replaces the assignment, reading each partition from an absolute offset. Negative offsets are a
  /// programmer error. Ask for the partitions' queues first.
  public func assign(
    _ offsets: [(partition: Int32, offset: Int64)], topic: String
  ) throws(KafkaError) {
    precondition(offsets.allSatisfy { $0.offset >= 0 }, "offsets to assign are absolute")
    let list = PartitionList(offsets, topic: topic)
    try client.require { client throws(KafkaError) in
      try unsafe KafkaError.check(rd_kafka_assign(client, list.pointer))
      try unsafe Self.settle(client)
    }
  }

  /// Gives the assignment up; what was fetched and not popped can no longer be popped.
  public func unassign() throws(KafkaError) {
    try client.require { client throws(KafkaError) in
      try unsafe KafkaError.check(rd_kafka_assign(client, nil))
      try unsafe Self.settle(client)
    }
  }

  /// librdkafka (all releases to 2.15.0, its issue 5573) ends the process by an assertion where a partition is given up
  /// again before the answer to the first time was served. Each question goes through the same queue as those answers, so
  /// two of them wait for the stops and for their answers.
  private static func settle(_ client: OpaquePointer) throws(KafkaError) {
    for _ in 0..<2 {
      var list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
      try unsafe KafkaError.check(rd_kafka_assignment(client, &list))
      if let list = unsafe list { unsafe rd_kafka_topic_partition_list_destroy(list) }
    }
  }

  /// A queue of its own for one partition. Must be called before the partition is assigned: records that
  /// were fetched earlier go to the consumer's queue, from where `poll` reports them as `disturbed`.
  public func partitionQueue(topic: String, partition: Int32) throws(KafkaError) -> PartitionQueue {
    try client.require { raw throws(KafkaError) in
      guard
        let owner = unsafe Owned<QueueResource>(ifAny: rd_kafka_queue_get_partition(raw, topic, partition))
      else {
        throw KafkaError(
          code: KafkaError.Code.unknownPartition, message: "\(topic)[\(partition)] has no queue")
      }
      unsafe rd_kafka_queue_forward(owner.pointer, nil)
      let queue = PartitionQueue(owner, client: client, topic: topic, partition: partition)
      queues.withLock { queues in
        queues.removeAll { $0.queue == nil }
        queues.append(WeakQueue(queue: queue))
      }
      return queue
    }
  }

  /// Releases every queue that is still in use.
  func releaseQueues() {
    let all = queues.withLock { queues in
      defer { queues = [] }
      return queues
    }
    for weak in all { weak.queue?.release() }
  }
}
