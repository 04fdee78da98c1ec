import EventLog
import KafkaClient
import Synchronization
import TellerPostgres

/// Sends a handful of records and waits for what became of each: idempotent, so a retry writes none twice.
final class RedriveProducer {
  /// A record is given up after a minute; what it then is, is said.
  private static let defaults = [
    "queue.buffering.max.kbytes": "65536", "message.timeout.ms": "60000", "linger.ms": "5",
  ]

  /// What the callbacks leave, for the thread that waits.
  private final class Reports: Sendable {
    private let state = Mutex((ends: [UInt64: DeliveryReport](), fatal: KafkaError?.none))

    var fatal: KafkaError? { state.withLock { $0.fatal } }

    func add(_ report: DeliveryReport) { state.withLock { $0.ends[report.tag] = report } }
    func end(_ error: KafkaError) { state.withLock { $0.fatal = $0.fatal ?? error } }
    func take() -> [UInt64: DeliveryReport] {
      state.withLock { state in
        defer { state.ends = [:] }
        return state.ends
      }
    }
  }

  private let producer: Producer
  private let reports: Reports
  private let topic: String

  /// A producer for a topic that is known to exist.
  init(_ configuration: KafkaConfiguration, topic: String, log: EventLog) throws(KafkaError) {
    let reports = Reports()
    producer = try Producer(
      configuration.with(Self.defaults.filter { configuration.properties[$0.key] == nil }),
      onReport: { reports.add($0) },
      onEvent: { event in
        switch event {
        case .fatal(let error): reports.end(error)
        case .error(let error):
          log.warning("the producer has trouble and goes on trying", ["kafka.error": "\(error)"])
        case .log(let level, let line) where level <= 3: log.warning("librdkafka: \(line)")
        case .log(_, let line): log.debug("librdkafka: \(line)")
        }
      })
    self.reports = reports
    self.topic = topic
  }

  /// Why nothing more can be sent; nil while something can.
  var fatal: KafkaError? { reports.fatal }

  /// Sends these, each under the number of its row, and says how each ended. Blocks for a minute at most, or as long as
  /// the configuration lets a record live.
  func send(_ plans: [(plan: RedrivePlan, number: Int64)]) -> [DeadLetterDesk.Conclusion] {
    var refused: [Int: KafkaError] = [:]
    for (index, item) in plans.enumerated() {
      do throws(KafkaError) {
        try queue(item.plan, tag: UInt64(index) + 1)
      } catch { refused[index] = error }
    }
    while producer.pending > 0, !producer.flush(timeout: .milliseconds(500)) {
      guard fatal != nil else { continue }
      producer.purge()
      producer.poll(timeout: .seconds(1))
      break
    }
    let ends = reports.take()
    return plans.enumerated().map { index, item in
      if let error = refused[index] {
        return DeadLetterDesk.Conclusion(number: item.number, result: .failed, error: "\(error)")
      }
      return Self.conclusion(ends[UInt64(index) + 1], item.number, fatal)
    }
  }

  func close() { producer.close(within: .seconds(5)) }

  private func queue(_ plan: RedrivePlan, tag: UInt64) throws(KafkaError) {
    while true {
      if let fatal { throw fatal }
      do throws(KafkaError) {
        return try producer.produce(
          topic: topic, partition: plan.partition, key: plan.key, value: plan.value, headers: plan.headers,
          tag: tag)
      } catch {
        guard error.code == KafkaError.Code.queueFull else { throw error }
        producer.poll(timeout: .milliseconds(100))
      }
    }
  }

  private static func conclusion(
    _ report: DeliveryReport?, _ number: Int64, _ fatal: KafkaError?
  ) -> DeadLetterDesk.Conclusion {
    guard let report else {
      return .init(number: number, result: .unknown, error: fatal.map { "\($0)" } ?? "no report came")
    }
    guard let error = report.error else {
      return .init(
        number: number, result: .acknowledged, offset: report.offset >= 0 ? report.offset : nil)
    }
    // An error beside "persisted" would contradict itself; the error is believed.
    return .init(
      number: number, result: report.status == .notPersisted ? .failed : .unknown, error: "\(error)")
  }
}
