// Outcome events and dead letters on their way to Kafka.

public import KafkaClient
internal import Synchronization
public import Teller

/// Sends to the two topics beside the input, with one idempotent producer. One thread sends and polls; the others may
/// ask for `trouble`, and close it.
///
/// Nothing is given up here: while no broker takes them, events wait in a queue of 16 MiB, and `send` says that it is
/// full. Within a partition they arrive in the order of sending.
public final class KafkaEventSink: EventSink {
  /// How long a reset waits for the reports of what it purged, before it takes another client.
  private static let purgeLimit = Duration.seconds(2)
  /// What Kafka adds to a record at most: headers of the batch and of the record.
  private static let overheadBytes = 512
  /// What a topic takes where the broker does not say: its default is 1,048,588.
  private static let usualBytes = 1_000_000

  /// A client with what belongs to it.
  private final class Line: Sendable {
    let producer: Producer
    let inbox: ReportInbox
    let batchBytes: Int

    init(_ producer: Producer, _ inbox: ReportInbox, batchBytes: Int) {
      self.producer = producer
      self.inbox = inbox
      self.batchBytes = batchBytes
    }
  }

  /// The handles of both topics, once they are known to be there: before, a question about one might create it.
  private struct Ways {
    let outcomes: ProducerTopic
    let deadLetters: ProducerTopic

    subscript(_ topic: OutputTopic) -> ProducerTopic { topic == .outcomes ? outcomes : deadLetters }
  }

  private struct State {
    var line: Line?
    var ways: Ways?
    var limits: [OutputTopic: Int] = [:]
    var isClosed = false
  }

  private let configuration: KafkaConfiguration
  private let input: String
  private let orders: [TopicOrder]
  private let state = Mutex(State())

  /// Connects in the background, and asks nothing yet.
  ///
  /// - Parameters:
  ///   - configuration: brokers and further properties. Those on which the promises rest are set here.
  ///   - partitionCount: the input's.
  /// - Throws: `LogFailure` of kind `fatal` for a property that is unknown or wrong.
  public init(configuration: KafkaConfiguration, topic: String, partitionCount: Int32) throws(LogFailure) {
    self.configuration = configuration
    input = topic
    orders = TopicOrder.outputs(beside: topic, partitions: partitionCount)
    // librdkafka's threads, too, give way to applying.
    let made = Background.run { () -> Result<Line, KafkaError> in
      do throws(KafkaError) {
        return .success(try Self.line(configuration, input: topic, batchBytes: Self.usualBytes))
      } catch {
        return .failure(error)
      }
    }
    let line = try translating { () throws(KafkaError) in try made.get() }
    state.withLock { $0.line = line }
  }

  /// What the client said last about its connections, in words, unless an event arrived since; nil: nothing. For the
  /// status: while no broker answers, nothing fails, and nothing arrives.
  public var trouble: String? { state.withLock { $0.line }?.inbox.trouble }

  /// Creates what is missing and checks the rest; asks what the topics take. Also after a topic was made anew.
  public func prepare() -> String? {
    do throws(KafkaError) {
      let line = try currentLine()
      let present = try line.producer.topicPartitions(timeout: .seconds(10))
      let topics = OutputTopics(orders: orders, setup: TopicSetup(configuration: configuration))
      if let flaw = try topics.prepare(present: present) { return flaw }
      let limits = try topics.sizeLimits()
      try open(line, present, limits)
      return nil
    } catch {
      // What the client heard may be the true cause: a refused login shows as a timeout of the question.
      _ = state.withLock { $0.line }?.producer.poll(timeout: .zero)
      let cause = PublicationTrouble.words(error, topic: "the topics beside \(input)")
      return trouble.map { $0 == cause ? cause : "\(cause) (\($0))" } ?? cause
    }
  }

  /// In bytes of key, value and headers, as `EventDraft.size` counts them.
  public func sizeLimit(of topic: OutputTopic) -> Int {
    let told = state.withLock { $0.limits[topic] } ?? Self.usualBytes
    return max(min(told, KafkaConfiguration.recordBytes) - Self.overheadBytes, 0)
  }

  /// Queues a record. Before `prepare` has returned nil there is no way to send.
  public func send(
    _ draft: borrowing EventDraft, to topic: OutputTopic, partition: Int32, tag: UInt64
  ) throws(SendFailure) {
    let (line, way) = state.withLock { ($0.line, $0.ways?[topic]) }
    guard let line, let way else { throw .failed("\(topic.name(beside: input)) has not been prepared") }
    do throws(KafkaError) {
      try line.producer.produce(
        draft.bytes, key: draft.key, value: draft.value, headers: draft.headers, to: way,
        partition: partition,
        tag: tag)
    } catch {
      throw PublicationTrouble.failure(error, topic: way.name)
    }
  }

  /// Serves reports. A poll that may wait sends what lingers, and waits at most `limit` for all to be reported: whoever
  /// waits has nothing more to send.
  public func poll(_ limit: Duration) -> [SendReport] {
    guard let line = state.withLock({ $0.line }) else { return [] }
    if limit > .zero { _ = line.producer.flush(timeout: limit) } else { line.producer.poll(timeout: limit) }
    return line.inbox.take()
  }

  /// Drops what has no report. What was on its way to the broker may still arrive there, unreported. Takes another
  /// client where the old one broke down, or does not let go within 2 s.
  public func reset() {
    guard let line = state.withLock({ $0.line }) else { return renew(nil) }
    line.producer.purge()
    let deadline = ContinuousClock.now + Self.purgeLimit
    while line.producer.pending > 0, ContinuousClock.now < deadline {
      line.producer.poll(timeout: .milliseconds(20))
    }
    line.inbox.forget()
    if line.producer.pending > 0 || line.producer.fatalError != nil { renew(line) }
  }

  /// Ends the client. False: it did not let go in time.
  public func close(within limit: Duration) -> Bool {
    let line = state.withLock { state in
      defer { state = State(isClosed: true) }
      return state.line
    }
    return line?.producer.close(within: limit) ?? true
  }

  private static func line(
    _ configuration: KafkaConfiguration, input: String, batchBytes: Int
  ) throws(KafkaError) -> Line {
    let inbox = ReportInbox(topics: "the topics beside \(input)")
    let producer = try Producer(
      configuration.forPublication(batchBytes: batchBytes), onReport: { inbox.add($0) },
      onEvent: { inbox.hear($0) })
    return Line(producer, inbox, batchBytes: batchBytes)
  }

  private func currentLine() throws(KafkaError) -> Line {
    if let line = state.withLock({ $0.line }), line.producer.fatalError == nil { return line }
    renew(state.withLock { $0.line })
    guard let line = state.withLock({ $0.line }) else {
      throw KafkaError(code: KafkaError.Code.destroyed, message: "there is no client to send with")
    }
    return line
  }

  /// Another client in place of a broken one, whose end nobody waits for. It has to be prepared like the first.
  private func renew(_ old: Line?, batchBytes: Int? = nil) {
    old?.producer.close(within: .zero)
    let batchBytes = batchBytes ?? old?.batchBytes ?? Self.usualBytes
    // The properties were good for the first client: what fails here is the machine, and it is tried again.
    let line = try? Self.line(configuration, input: input, batchBytes: batchBytes)
    let isClosed = state.withLock { state in
      if !state.isClosed { (state.line, state.ways) = (line, nil) }
      return state.isClosed
    }
    if isClosed { line?.producer.close(within: .zero) }
  }

  /// Makes the ways, over another client where batches have to be smaller.
  private func open(
    _ line: Line, _ present: [String: Int32], _ limits: [OutputTopic: Int]
  ) throws(KafkaError) {
    let wanted = max(min(limits.values.min() ?? Self.usualBytes, Self.usualBytes), 1_000)
    var line = line
    if wanted < line.batchBytes, line.producer.pending == 0 {
      renew(line, batchBytes: wanted)
      line = try currentLine()
    }
    let ways = Ways(
      outcomes: try line.producer.topic(OutputTopic.outcomes.name(beside: input)),
      deadLetters: try line.producer.topic(OutputTopic.deadLetters.name(beside: input)))
    // Again, now that it has handles: this is what tells them of a topic that was made anew.
    _ = try line.producer.topicPartitions(timeout: .seconds(10))
    state.withLock { state in
      if !state.isClosed { (state.ways, state.limits) = (ways, limits) }
    }
  }
}
