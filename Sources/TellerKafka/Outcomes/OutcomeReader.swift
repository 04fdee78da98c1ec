// The reader's side of an outcomes topic: the rule of Teller.docc/Published.md over a group-less consumer.

internal import Dispatch
public import KafkaClient
internal import Synchronization
public import Teller

/// Reads what became of the records of a topic, each decision once and in order within its partition.
///
/// It belongs to no group and commits nothing: a service saves `position` beside what it did with the events. Any thread
/// may ask; they take turns, so one that waits holds the others up.
public final class OutcomeReader: Sendable {
  /// Where to begin.
  public enum Start: Sendable {
    /// With the oldest event that the outcomes topic still holds.
    case earliest
    /// With the first event that is published after the reader was made: for a service that sends and then waits.
    case end
    /// Where a reader stopped whose `position` this was. A partition that it does not name begins as with `earliest`.
    case saved(OutcomePosition)
  }

  /// How often the client's own events are looked at while nothing is readable.
  static let lookMilliseconds = 50

  /// The input topic.
  public let topic: String
  /// The partitions that are read, ascending.
  public let partitions: [Int32]
  let consumer: Consumer
  let readable = DispatchSemaphore(value: 0)
  let closed = Atomic<Bool>(false)
  let turn: Mutex<OutcomeReading>

  /// Finds out where the partitions begin and end, and begins to read. Once it has returned, nothing that is published
  /// later is missed.
  ///
  /// - Parameters:
  ///   - configuration: brokers and further properties; a group in it is left out.
  ///   - topic: the input topic; what is read is `<topic>-outcomes`.
  ///   - partitions: which partitions to read; nil for all.
  ///   - start: where to begin.
  ///   - heldMax: how many events of a partition may wait for one that is missing before them.
  ///   - limit: how long each question to the brokers may take.
  /// - Throws: `transient` where no broker answers or the outcomes topic does not exist (yet), `outOfRange` where a saved
  ///   position is not in the log any more.
  public convenience init(
    configuration: KafkaConfiguration, topic: String, partitions: [Int32]? = nil, from start: Start,
    heldMax: Int = OutcomeOrder.heldMaxByDefault, within limit: Duration = .seconds(10)
  ) throws(LogFailure) {
    try self.init(
      configuration, topic, start, heldMax: heldMax, limit: limit, choose: { partitions ?? Array(0..<$0) })
  }

  /// The same for the partition that holds the outcomes of one account: of what debits or opens it.
  ///
  /// - Parameters:
  ///   - account: the account's id, the key of its records.
  ///   - partitioner: how the stream's producers place keys.
  public convenience init(
    configuration: KafkaConfiguration, topic: String, account: String, partitioner: Partitioner = .murmur2,
    from start: Start, within limit: Duration = .seconds(10)
  ) throws(LogFailure) {
    let key = Array(account.utf8)
    try self.init(
      configuration, topic, start, heldMax: OutcomeOrder.heldMaxByDefault, limit: limit,
      choose: { [partitioner.partition(key: key.span.bytes, count: $0)] })
  }

  private init(
    _ configuration: KafkaConfiguration, _ topic: String, _ start: Start, heldMax: Int, limit: Duration,
    choose: (Int32) -> [Int32]
  ) throws(LogFailure) {
    self.topic = topic
    let consumer = try translating { () throws(KafkaError) in
      try Consumer(configuration.withoutGroup(.range))
    }
    self.consumer = consumer
    do throws(LogFailure) {
      let survey = OutcomeSurvey(consumer: consumer, topic: topic, limit: limit)
      let lanes = try survey.lanes(from: start, choose: choose)
      partitions = lanes.map(\.partition)
      var order = OutcomeOrder(topic: topic, heldMax: heldMax)
      for lane in lanes { if let standing = lane.standing { order.resume(lane.partition, at: standing) } }
      turn = Mutex(OutcomeReading(lanes: lanes, order: order))
      for lane in lanes { lane.queue.whenReadable { [readable] in readable.signal() } }
      try translating { () throws(KafkaError) in
        try consumer.assign(
          lanes.map { (partition: $0.partition, offset: $0.readFrom) }, topic: survey.outcomesTopic)
      }
    } catch {
      consumer.abandon(within: .seconds(1))
      throw error
    }
  }

  /// The next event in order; nil where none came within `limit`, or the reader was closed.
  ///
  /// - Throws: what the log says; or what is wrong with one record of the topic: that one is passed over, and the next
  ///   call goes on behind it. `holeTooLong` comes again until the hole is filled or skipped.
  public func next(within limit: Duration) throws(OutcomeReadFailure) -> OutcomeDelivery? {
    let deadline = ContinuousClock.now + limit
    return try turn.withLock { (reading) throws(OutcomeReadFailure) in
      while true {
        if let delivery = reading.hand() { return delivery }
        guard try step(&reading, until: deadline) else { return nil }
      }
    }
  }

  /// Waits for what becomes of one request. Whoever sends it makes the reader first, from `.end`.
  ///
  /// Events of other requests are passed over. An event that waits behind a hole is given at once: it was decided, and
  /// the order says nothing about the request itself. A `dead` one is not the end of the key: see the event's outcome.
  ///
  /// - Returns: the first event that carries the key; nil where none came within `limit`, or the reader was closed.
  /// - Throws: as `next`.
  public func wait(
    for key: IdempotencyKey, within limit: Duration
  ) throws(OutcomeReadFailure) -> OutcomeEvent? {
    let deadline = ContinuousClock.now + limit
    return try turn.withLock { (reading) throws(OutcomeReadFailure) in
      while true {
        while let delivery = reading.hand() {
          if delivery.event.idempotencyKey == key { return delivery.event }
        }
        guard try step(&reading, until: deadline) else { return nil }
        if let held = reading.heldLast, held.idempotencyKey == key { return held }
      }
    }
  }

  /// What to save to go on later behind the event that was given last.
  public var position: OutcomePosition {
    turn.withLock { $0.position(topic: topic) }
  }

  /// Where it waits for events that are missing.
  public var holes: [OutcomeHole] { turn.withLock { $0.order.holes } }

  /// Whether everything was read that the topic held when the reader was made. Events may still wait to be given.
  public var hasReachedStartingEnd: Bool {
    turn.withLock { $0.ready.isEmpty && $0.lanes.allSatisfy { $0.next >= $0.endAtStart } }
  }

  /// Gives up waiting in a partition for what is missing: what stands behind the hole comes next.
  public func skipHole(of partition: Int32) {
    turn.withLock { reading in
      reading.ready += reading.order.skipHole(of: partition).map { OutcomeReading.Ready(partition, $0) }
    }
  }

  /// Ends it, also while another thread waits in it. False: librdkafka did not let go in time.
  @discardableResult
  public func close(within limit: Duration) -> Bool {
    closed.store(true, ordering: .releasing)
    readable.signal()
    return consumer.close(within: limit)
  }
}
