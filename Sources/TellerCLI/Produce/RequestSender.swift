import EventLog
import KafkaClient
import Teller

/// Sends records through one idempotent producer, at a rate if one is asked for, with bounded memory.
struct RequestSender {
  /// Reports are served after so many records: seldom enough to cost nothing, often enough to bound the queue.
  private static let pollEvery = 1_000
  /// How long a full queue is waited for at a time.
  private static let patience = Duration.milliseconds(100)

  private let producer: Producer
  private let counts: ProducedCounts
  private let topic: String
  private let partitionCount: Int32
  private let rate: Int64?
  private let log: EventLog
  private let start = ContinuousClock.now
  private var pace = Pace()
  /// Records given to the producer, those that it refused included.
  private(set) var sent: Int64 = 0

  /// A sender to a topic that is known to exist.
  init(
    _ configuration: KafkaConfiguration, topic: String, partitionCount: Int32, rate: Int64?, log: EventLog
  ) throws(KafkaError) {
    let counts = ProducedCounts()
    producer = try Producer(
      configuration.with(Self.defaults.filter { configuration.properties[$0.key] == nil }),
      onReport: { counts.add($0) },
      onEvent: { event in
        switch event {
        case .fatal(let error): counts.end(error)
        case .error(let error):
          log.warning("the producer has trouble and goes on trying", ["kafka.error": "\(error)"])
        case .log(let level, let line) where level <= 3: log.warning("librdkafka: \(line)")
        case .log(_, let line): log.debug("librdkafka: \(line)")
        }
      })
    self.counts = counts
    self.topic = topic
    self.partitionCount = partitionCount
    self.rate = rate
    self.log = log
  }

  /// Beside the client's own: memory for what is queued, and an end to waiting for a broker that is gone.
  private static let defaults = [
    "queue.buffering.max.kbytes": "65536", "queue.buffering.max.messages": "100000",
    "message.timeout.ms": "60000", "linger.ms": "10",
  ]

  /// What became of the records so far.
  var outcome: ProducedCounts.Snapshot { counts.now }

  /// Queues one record. Blocks while the queue is full or the rate forbids it; throws when the producer
  /// cannot go on.
  mutating func send(key: [UInt8]?, value: [UInt8]?, isMisrouted: Bool = false) throws(KafkaError) {
    if let rate { waitForTurn(rate) }
    let partition = isMisrouted ? wrongPartition(of: key) : nil
    try queue(key, value, partition)
    sent += 1
    guard sent % Int64(Self.pollEvery) == 0 || rate != nil else { return }
    producer.poll(timeout: .zero)
    if let error = counts.fatalError { throw error }
    tell()
  }

  /// Waits until every record has its report, as long as reports keep coming or may still come.
  ///
  /// - Returns: how long the sending took.
  mutating func finish() -> Duration {
    // Every record ends by `message.timeout.ms` at the latest.
    while counts.fatalError == nil, producer.pending > 0 {
      if producer.flush(timeout: .milliseconds(500)) { break }
      tell()
    }
    let duration = ContinuousClock.now - start
    if counts.fatalError != nil {
      producer.purge()
      producer.poll(timeout: .seconds(1))
    }
    producer.close(within: .seconds(5))
    return duration
  }

  private func queue(_ key: [UInt8]?, _ value: [UInt8]?, _ partition: Int32?) throws(KafkaError) {
    while true {
      do throws(KafkaError) {
        return try producer.produce(topic: topic, partition: partition, key: key, value: value)
      } catch {
        switch error.code {
        case KafkaError.Code.queueFull:
          if let fatal = counts.fatalError { throw fatal }
          producer.poll(timeout: Self.patience)
        case KafkaError.Code.msgSizeTooLarge: return counts.refuse(error)
        default: throw error
        }
      }
    }
  }

  /// Paced by the whole run, not from record to record: a pause is caught up with.
  private mutating func waitForTurn(_ rate: Int64) {
    let due = start + .seconds(sent / rate) + .nanoseconds(sent % rate * 1_000_000_000 / rate)
    while true {
      let left = due - ContinuousClock.now
      guard left > .milliseconds(1) else { return }
      producer.poll(timeout: min(left, Self.patience))
      tell()
    }
  }

  /// A partition that the key does not hash to. The topic has at least two.
  private func wrongPartition(of key: [UInt8]?) -> Int32 {
    let key = key ?? []
    let right = Partitioner.murmur2.partition(key: key.span.bytes, count: partitionCount)
    return (right + 1) % partitionCount
  }

  private mutating func tell() {
    guard pace.isDue else { return }
    let now = counts.now
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    log.info(
      "sending",
      [
        "sent": sent, "acknowledged": now.acknowledged, "failed": now.failed, "unknown": now.unknown,
        "per_second": Int64(Double(now.acknowledged) / max(seconds, 0.001)),
      ])
  }
}
