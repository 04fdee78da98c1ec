import Dispatch
import KafkaClient

/// Where a record stands.
struct Place: Hashable, Comparable, CustomStringConvertible {
  let partition: Int32
  let offset: Int64

  var description: String { "\(partition)@\(offset)" }

  static func < (one: Place, other: Place) -> Bool {
    (one.partition, one.offset) < (other.partition, other.offset)
  }
}

/// One record as the log has it.
struct LoggedRecord {
  let key: [UInt8]?
  let value: [UInt8]?
}

/// The whole log of a topic as it is now, read by the test itself: what the books are judged against.
final class LogCopy {
  private(set) var records: [Place: LoggedRecord] = [:]
  /// The end of each partition, markers included.
  private(set) var ends: [Int32: Int64] = [:]

  init(of scenario: Scenario) throws {
    let reader = try Consumer(scenario.broker.configuration(["fetch.wait.max.ms": "10"]))
    defer { _ = reader.close(within: .seconds(10)) }
    let topic = scenario.topic
    let queues = try (0..<scenario.partitions).map { try reader.partitionQueue(topic: topic, partition: $0) }
    let starts = try queues.map { queue in
      let range = try reader.watermarks(topic: topic, partition: queue.partition, timeout: .seconds(10))
      return (partition: queue.partition, offset: range.low)
    }
    try reader.assign(starts, topic: topic)
    try Observation.wait(
      for: "the end of \(topic), read by the test", within: .seconds(60), every: .milliseconds(5)
    ) {
      while reader.poll(timeout: .zero) != nil {}
      for queue in queues { try take(from: queue) }
      return ends.count == queues.count
    }
  }

  private func take(from queue: PartitionQueue) throws {
    var hasMore = true
    while hasMore { hasMore = try takeOne(from: queue) }
  }

  /// False: nothing waits.
  private func takeOne(from queue: PartitionQueue) throws -> Bool {
    switch queue.pop({ keep($0) }) {
    case .record: return true
    case .end(let offset): ends[queue.partition] = offset
    case .error(let error): throw error
    case .empty: return false
    }
    return true
  }

  private func keep(_ record: borrowing Record) {
    var key: [UInt8] = []
    record.appendKey(to: &key)
    var value: [UInt8] = []
    record.appendValue(to: &value)
    records[Place(partition: record.partition, offset: record.offset)] = LoggedRecord(
      key: record.keyIsNull ? nil : key, value: record.valueIsNull ? nil : value)
  }
}
