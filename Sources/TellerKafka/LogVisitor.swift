// A consumer outside every group: it looks at a log and leaves no trace.

internal import Dispatch
internal import KafkaClient
internal import Teller

/// Visits one partition at a time. Not for several threads at once: the callers take turns.
final class LogVisitor: Sendable {
  /// How often the client's events are looked at while nothing is readable.
  private static let lookMilliseconds = 50

  let topic: String
  private let consumer: Consumer

  init(configuration: KafkaConfiguration, topic: String, _ glance: Glance) throws(LogFailure) {
    self.topic = topic
    consumer = try translating { () throws(KafkaError) in try Consumer(configuration.withoutGroup(glance)) }
  }

  /// Asks a broker. What the client heard meanwhile may be the true cause of a failure: a refused login shows
  /// as a timeout of the question.
  func ask<Answer>(_ question: (Consumer) throws(KafkaError) -> Answer) throws(LogFailure) -> Answer {
    forgetEvents()
    do throws(KafkaError) {
      return try question(consumer)
    } catch {
      _ = try listen()
      throw LogFailure(error)
    }
  }

  /// The bounds of a partition's log, asked of its leader now.
  func range(of partition: Int32, within limit: Duration) throws(LogFailure) -> Range<Int64> {
    let marks = try ask { (consumer) throws(KafkaError) in
      try consumer.watermarks(topic: topic, partition: partition, timeout: limit)
    }
    return try logRange(low: marks.low, high: marks.high)
  }

  /// Reads a partition from an offset on, until one of the two says that it has seen enough.
  ///
  /// - Parameter end: hears where the log ends, markers included.
  /// - Throws: kind `outOfRange` where the offset is not in the log, `transient` at the deadline and where the
  ///   connection was disturbed meanwhile: what was read then proves nothing.
  func visit(
    _ partition: Int32, from offset: Int64, until deadline: ContinuousClock.Instant,
    record isEnough: (borrowing Record) -> Bool, end isEnd: (Int64) -> Bool
  ) throws(LogFailure) {
    forgetEvents()
    let readable = DispatchSemaphore(value: 0)
    let queue = try translating { () throws(KafkaError) in
      try consumer.partitionQueue(topic: topic, partition: partition)
    }
    defer { queue.release() }
    queue.whenReadable { readable.signal() }
    try translating { () throws(KafkaError) in
      try consumer.assign([(partition: partition, offset: offset)], topic: topic)
    }
    // Fails only on a closed client, which has nothing assigned.
    defer { try? consumer.unassign() }
    while true {
      var isDone = false
      switch queue.pop({ isDone = isEnough($0) }) {
      case .record: break
      case .end(let end): isDone = isEnd(end)
      case .error(let error): throw LogFailure(error)
      case .empty: try wait(for: readable, until: deadline, at: "\(topic)[\(partition)] from \(offset) on")
      }
      if isDone { return try refuseDisturbance() }
    }
  }

  /// False: librdkafka did not let go in time.
  func close(within limit: Duration) -> Bool { consumer.close(within: limit) }

  private func wait(
    for readable: DispatchSemaphore, until deadline: ContinuousClock.Instant, at place: String
  ) throws(LogFailure) {
    try refuseDisturbance()
    guard ContinuousClock.now < deadline else {
      throw LogFailure(.transient, code: "_TIMED_OUT", message: "reading \(place) came to no end in time")
    }
    _ = readable.wait(timeout: .now() + .milliseconds(Self.lookMilliseconds))
  }

  /// A broken connection, a changed topic, a record beside its queue: the reading has to be done again.
  private func refuseDisturbance() throws(LogFailure) {
    guard let why = try listen() else { return }
    throw LogFailure(.transient, code: "DISTURBED", message: why)
  }

  /// What disturbed the client since it was last listened to. Throws what refuses it or ends it.
  private func listen() throws(LogFailure) -> String? {
    var disturbance: String?
    while let event = consumer.poll(timeout: .zero) {
      switch event {
      case .disturbed(let why): disturbance = disturbance ?? why
      case .fatal(let error): throw LogFailure(fatal: error)
      case .error(let error) where error.isLoginRefused: throw LogFailure(error)
      case .error, .log, .assigned, .revoked: break
      }
    }
    return disturbance
  }

  /// What happened between two visits is nobody's business any more.
  private func forgetEvents() {
    while consumer.poll(timeout: .zero) != nil {}
  }
}
