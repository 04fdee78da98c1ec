internal import Dispatch
internal import KafkaClient
internal import Synchronization
internal import Teller

extension OutcomeReader {
  /// Reads one record, or waits for one; false at the deadline and after closing.
  func step(
    _ reading: inout OutcomeReading, until deadline: ContinuousClock.Instant
  ) throws(OutcomeReadFailure) -> Bool {
    reading.heldLast = nil
    if let overflow = reading.order.overflow { throw OutcomeReadFailure(overflow) }
    if closed.load(ordering: .acquiring) { return false }
    for turn in reading.lanes.indices {
      let index = (reading.laneNext + turn) % reading.lanes.count
      guard try pop(&reading, index) else { continue }
      reading.laneNext = (index + 1) % reading.lanes.count
      return true
    }
    try listen()
    let left = deadline - ContinuousClock.now
    guard left > .zero else { return false }
    let wait = min(left, .milliseconds(Self.lookMilliseconds))
    _ = readable.wait(timeout: .now() + .nanoseconds(Int(wait / .nanoseconds(1))))
    return true
  }

  /// Takes one message of a partition; false where none is there.
  private func pop(_ reading: inout OutcomeReading, _ index: Int) throws(OutcomeReadFailure) -> Bool {
    if let failure = reading.lanes[index].failure { throw failure }
    var found: FoundRecord?
    switch reading.lanes[index].queue.pop({ found = FoundRecord($0) }) {
    case .record:
      if let found { try sort(found, &reading, index) }
      return true
    case .end(let offset):
      reading.lanes[index].next = max(reading.lanes[index].next, offset)
      return true
    case .error(let error):
      let failure = LogFailure(error)
      guard failure.kind != .transient else { return true }
      // Fetching has stopped: the next question must not take silence for the end.
      let told = OutcomeReadFailure(failure, partition: reading.lanes[index].partition)
      reading.lanes[index].failure = told
      throw told
    case .empty: return false
    }
  }

  private func sort(
    _ found: FoundRecord, _ reading: inout OutcomeReading, _ index: Int
  ) throws(OutcomeReadFailure) {
    let lane = reading.lanes[index]
    reading.lanes[index].next = found.offset + 1
    guard found.offset >= lane.beginsAt else {
      // What was published before is only looked at: what is wrong with it is not this reader's business.
      guard let event = try? found.event() else { return }
      try? reading.order.note(event, from: lane.partition)
      reading.lanes[index].standing = reading.order.standing(of: lane.partition)
      return
    }
    let event: OutcomeEvent
    do throws(OutcomeEventError) {
      event = try found.event()
    } catch {
      throw OutcomeReadFailure(error, partition: lane.partition, offset: found.offset)
    }
    let verdict: OutcomeVerdict
    do throws(OutcomeOrderError) {
      verdict = try reading.order.offer(event, from: lane.partition, at: found.offset)
    } catch {
      throw OutcomeReadFailure(error, offset: found.offset)
    }
    switch verdict {
    case .taken(let deliveries):
      reading.ready += deliveries.map { OutcomeReading.Ready(lane.partition, $0) }
    case .held: reading.heldLast = event
    case .repeated: break
    }
  }

  /// What refuses the client or ends it; broken connections it mends by itself, and the order sees what was missed.
  private func listen() throws(OutcomeReadFailure) {
    while let event = consumer.poll(timeout: .zero) {
      switch event {
      case .fatal(let error): throw OutcomeReadFailure(LogFailure(fatal: error))
      case .error(let error) where error.isLoginRefused || Self.missing.contains(error.code):
        throw OutcomeReadFailure(LogFailure(error))
      case .error, .disturbed, .log, .assigned, .revoked: break
      }
    }
  }

  private static let missing: Set<Int32> = [
    KafkaError.Code.unknownTopicOrPartition, KafkaError.Code.unknownTopic, KafkaError.Code.unknownPartition,
  ]
}

/// A record of an outcomes topic, copied out of librdkafka's memory.
private struct FoundRecord {
  let offset: Int64
  private let key: [UInt8]?
  private let value: [UInt8]?
  private let headers: [RecordHeader]

  init(_ record: borrowing Record) {
    offset = record.offset
    var key: [UInt8] = []
    record.appendKey(to: &key)
    var value: [UInt8] = []
    record.appendValue(to: &value)
    self.key = record.keyIsNull ? nil : key
    self.value = record.valueIsNull ? nil : value
    headers = record.headers().map { RecordHeader(name: $0.name, value: $0.value) }
  }

  func event() throws(OutcomeEventError) -> OutcomeEvent {
    try OutcomeEvent(key: key, value: value, headers: headers)
  }
}
