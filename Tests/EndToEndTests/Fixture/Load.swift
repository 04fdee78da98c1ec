import Dispatch
import Foundation
import KafkaClient
import Synchronization
import Teller

@testable import TellerCLI

/// Sends generated records, as services would: keyed by the debit account, idempotently.
final class Sender: Sendable {
  private let producer: Producer
  private let topic: String
  private let partitions: Int32
  private let acknowledged: Counter

  final class Counter: Sendable {
    private let state = Mutex((good: 0, failures: [String]()))
    var good: Int { state.withLock { $0.good } }
    var failures: [String] { state.withLock { $0.failures } }

    func count(_ report: DeliveryReport) {
      state.withLock { state in
        if let error = report.error { state.failures.append(error.description) } else { state.good += 1 }
      }
    }
  }

  init(_ scenario: Scenario, properties: [String: String] = [:]) throws {
    let counter = Counter()
    acknowledged = counter
    topic = scenario.topic
    partitions = scenario.partitions
    producer = try Producer(scenario.broker.configuration(properties), onReport: { counter.count($0) })
  }

  deinit { producer.close(within: .seconds(5)) }

  /// Records that the broker took.
  var sent: Int { acknowledged.good }
  var failures: [String] { acknowledged.failures }

  func send(_ request: GeneratedRequest) throws {
    var partition: Int32?
    if request.isMisrouted, let key = request.key {
      partition = (Partitioner.murmur2.partition(key: key.span.bytes, count: partitions) + 1) % partitions
    }
    while try !queue(request, partition: partition) { producer.poll(timeout: .milliseconds(100)) }
  }

  /// False: the producer's queue is full.
  private func queue(_ request: GeneratedRequest, partition: Int32?) throws(KafkaError) -> Bool {
    do throws(KafkaError) {
      try producer.produce(topic: topic, partition: partition, key: request.key, value: request.value)
      return true
    } catch {
      guard error.code == KafkaError.Code.queueFull else { throw error }
      return false
    }
  }

  func serve() { producer.poll(timeout: .zero) }

  /// Waits until the broker has answered for everything.
  func flush() throws {
    guard producer.flush(timeout: .seconds(60)) else {
      throw ScenarioError("the broker did not take all records")
    }
    if let first = failures.first { throw ScenarioError("a record was not taken: \(first)") }
  }
}

extension Scenario {
  /// Sends all records of these settings and waits until the broker has them.
  func produce(_ settings: TransferGenerator.Settings) throws {
    let sender = try Sender(self)
    for request in TransferGenerator(settings) {
      try sender.send(request)
      sender.serve()
    }
    try sender.flush()
  }
}

/// A steady stream of records while a scenario goes on.
final class Load: Sendable {
  private let state = Mutex((isOver: false, error: String?.none))
  private let tick = DispatchSemaphore(value: 0)
  private let done = DispatchSemaphore(value: 0)
  private let sender: Sender

  /// Sends `rate` records a second from now on.
  init(_ scenario: Scenario, rate: Int, seed: UInt64 = 11, isMixed: Bool = true) throws {
    sender = try Sender(scenario)
    let settings = scenario.settings(.max, seed: seed, isMixed: isMixed)
    let thread = Thread { [self] in
      do {
        try run(TransferGenerator(settings), portion: max(rate / 50, 1))
      } catch {
        state.withLock { $0.error = "\(error)" }
      }
      done.signal()
    }
    thread.start()
  }

  /// Ends the load and waits until the broker has everything. Returns how many records that were.
  @discardableResult
  func stop() throws -> Int {
    state.withLock { $0.isOver = true }
    tick.signal()
    done.wait()
    if let error = state.withLock({ $0.error }) { throw ScenarioError("the load broke: \(error)") }
    return sender.sent
  }

  private func run(_ generator: TransferGenerator, portion: Int) throws {
    var generator = generator
    while !state.withLock({ $0.isOver }) {
      for _ in 0..<portion {
        guard let request = generator.next() else { return }
        try sender.send(request)
      }
      sender.serve()
      _ = tick.wait(timeout: .now() + .milliseconds(20))
    }
    try sender.flush()
  }
}
