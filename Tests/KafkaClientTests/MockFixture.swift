// One mock cluster a test, and the few steps that most tests take.

import Foundation
import KafkaClient
import Synchronization
import Testing

/// A mock cluster with one topic, `records`.
struct MockFixture {
  let cluster: MockCluster
  let topic = "records"

  init(partitions: Int32 = 1) throws {
    cluster = try MockCluster()
    try cluster.createTopic(topic, partitions: partitions)
  }

  var configuration: KafkaConfiguration {
    KafkaConfiguration(brokers: cluster.bootstrapServers)
  }

  func consumer(group: String? = nil, _ more: [String: String] = [:]) throws -> Consumer {
    var overrides = ["fetch.wait.max.ms": "10", "session.timeout.ms": "4000"]
    overrides["group.id"] = group
    return try Consumer(configuration.with(overrides).with(more))
  }

  /// A consumer of its own that reads one partition from an offset.
  func reader(partition: Int32 = 0, from offset: Int64) throws -> (Consumer, PartitionQueue) {
    let consumer = try consumer()
    let queue = try consumer.partitionQueue(topic: topic, partition: partition)
    try consumer.assign([(partition: partition, offset: offset)], topic: topic)
    return (consumer, queue)
  }

  /// Writes records and waits for their reports.
  func write(_ count: Int, partition: Int32 = 0) throws {
    let producer = try Producer(configuration, onReport: { #expect($0.error == nil) })
    for number in 0..<count {
      try producer.produce(
        topic: topic, partition: partition, key: Array("key-\(number)".utf8),
        value: Array("value-\(number)".utf8))
    }
    #expect(producer.flush(timeout: .seconds(20)))
    #expect(producer.close(within: .seconds(10)))
  }
}

/// A record copied out of its queue.
struct Copied: Equatable {
  var offset: Int64
  var key: [UInt8]?
  var value: [UInt8]?

  init(_ record: borrowing Record) {
    offset = record.offset
    var bytes: [UInt8] = []
    if !record.keyIsNull {
      record.appendKey(to: &bytes)
      key = bytes
    }
    bytes = []
    if !record.valueIsNull {
      record.appendValue(to: &bytes)
      value = bytes
    }
  }
}

/// A count that tests wait for.
final class Arrivals: Sendable {
  private let semaphore = DispatchSemaphore(value: 0)

  func signal() { semaphore.signal() }

  func wait(_ seconds: Int = 30) -> Bool { semaphore.wait(timeout: .now() + .seconds(seconds)) == .success }
}

extension PartitionQueue {
  /// Pops until `isDone`, waiting for the queue's own signal in between; false after 30 s of silence.
  func drain(_ take: (borrowing Record) -> Void, until isDone: (Popped) -> Bool) -> Bool {
    let arrivals = Arrivals()
    whenReadable { arrivals.signal() }
    while true {
      let popped = pop(take)
      if isDone(popped) { return true }
      if popped == .empty, !arrivals.wait() { return false }
    }
  }
}

extension Consumer {
  /// Polls until an event that `isWanted`; all events seen, that one last. Fails after 40 s.
  @discardableResult
  func events(until isWanted: (ConsumerEvent) -> Bool) -> [ConsumerEvent] {
    let deadline = ContinuousClock.now + .seconds(40)
    var seen: [ConsumerEvent] = []
    while ContinuousClock.now < deadline {
      guard let event = poll(timeout: .milliseconds(100)) else { continue }
      seen.append(event)
      if isWanted(event) { return seen }
    }
    Issue.record("the event did not come; seen: \(seen)")
    return seen
  }

  /// Polls until the group assigns partitions.
  func awaitAssignment() -> [Int32] {
    guard case .assigned(let partitions)? = events(until: { $0.isAssignment }).last else { return [] }
    return partitions.sorted()
  }
}

extension ConsumerEvent {
  var isAssignment: Bool { if case .assigned = self { true } else { false } }
  var isRevocation: Bool { if case .revoked = self { true } else { false } }
  var isDisturbance: Bool { if case .disturbed = self { true } else { false } }
  var isFatal: Bool { if case .fatal = self { true } else { false } }
}
