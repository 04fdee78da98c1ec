import KafkaClient
import Synchronization
import Testing

@Suite struct `A producer` {
  @Test func `reports each record once, by its tag`() throws {
    let fixture = try MockFixture(partitions: 2)
    let reports = Reports()
    let producer = try Producer(fixture.configuration, onReport: { reports.add($0) })
    for tag in UInt64(1)...100 {
      try producer.produce(
        topic: fixture.topic, partition: Int32(tag % 2), key: [1], value: [2], tag: tag)
    }
    #expect(producer.pending > 0)
    #expect(producer.flush(timeout: .seconds(20)))
    #expect(producer.pending == 0)
    let all = reports.all
    #expect(all.map(\.tag).sorted() == Array(1...100))
    #expect(all.allSatisfy { $0.status == .persisted && $0.error == nil })
    #expect(all.filter { $0.partition == 1 }.map(\.offset).sorted() == Array(0..<50))
    #expect(producer.close(within: .seconds(10)))
    #expect(throws: KafkaError.self) { try producer.produce(topic: "records", key: nil, value: nil) }
  }

  @Test func `places keys as murmur2 does`() throws {
    let fixture = try MockFixture(partitions: 12)
    let reports = Reports()
    let producer = try Producer(fixture.configuration, onReport: { reports.add($0) })
    try producer.produce(topic: fixture.topic, key: Array("acct-1".utf8), value: nil, tag: 1)
    try producer.produce(topic: fixture.topic, key: Array("acct-2".utf8), value: nil, tag: 2)
    try producer.produce(topic: fixture.topic, key: Array("acct-42".utf8), value: nil, tag: 3)
    #expect(producer.flush(timeout: .seconds(20)))
    #expect(reports.all.sorted { $0.tag < $1.tag }.map(\.partition) == [2, 11, 3])
    #expect(producer.close(within: .seconds(10)))
  }

  @Test func `says when its queue is full and goes on after a purge`() throws {
    let fixture = try MockFixture()
    try fixture.cluster.setBrokerDown(1)
    let reports = Reports()
    let small = fixture.configuration.with(["queue.buffering.max.messages": "2"])
    let producer = try Producer(small, onReport: { reports.add($0) })
    try producer.produce(topic: fixture.topic, partition: 0, key: nil, value: [1], tag: 1)
    try producer.produce(
      topic: fixture.topic, partition: 0, key: nil, value: [1], headers: [("h", [1])], tag: 2)
    let error = #expect(throws: KafkaError.self) {
      try producer.produce(
        topic: fixture.topic, partition: 0, key: nil, value: [1], headers: [("h", [1])], tag: 3)
    }
    #expect(error?.code == KafkaError.Code.queueFull)
    #expect(error?.isRetriable == true)
    producer.purge()
    while producer.pending > 0 { producer.poll(timeout: .milliseconds(100)) }
    #expect(reports.all.map(\.tag).sorted() == [1, 2])
    #expect(reports.all.allSatisfy { $0.error?.code == KafkaError.Code.purgedFromQueue })
    #expect(reports.all.allSatisfy { $0.status == .notPersisted })
    try fixture.cluster.setBrokerUp(1)
    try producer.produce(topic: fixture.topic, partition: 0, key: nil, value: [1], tag: 4)
    #expect(producer.flush(timeout: .seconds(20)))
    #expect(reports.all.last?.tag == 4 && reports.all.last?.error == nil)
    #expect(producer.close(within: .seconds(10)))
  }

  @Test func `refuses a record that is too large`() throws {
    let fixture = try MockFixture()
    let producer = try Producer(fixture.configuration, onReport: { _ in })
    let error = #expect(throws: KafkaError.self) {
      try producer.produce(
        topic: fixture.topic, partition: 0, key: nil, value: [UInt8](repeating: 0, count: 2_000_000))
    }
    #expect(error?.code == KafkaError.Code.msgSizeTooLarge)
    #expect(producer.close(within: .seconds(10)))
  }

  @Test func `commits and aborts transactions`() throws {
    let fixture = try MockFixture()
    let producer = try Producer(
      fixture.configuration.with(["transactional.id": "tx"]), onReport: { _ in })
    try producer.initTransactions(timeout: .seconds(20))
    try producer.beginTransaction()
    try producer.produce(topic: fixture.topic, partition: 0, key: nil, value: [1])
    try producer.commitTransaction(timeout: .seconds(20))
    try producer.beginTransaction()
    try producer.abortTransaction(timeout: .seconds(20))
    let error = #expect(throws: KafkaError.self) {
      try producer.commitTransaction(timeout: .seconds(5))
    }
    #expect(error?.code == KafkaError.Code.wrongState)
    #expect(producer.close(within: .seconds(10)))
  }
}

/// What a producer reported.
private final class Reports: Sendable {
  private let reports = Mutex<[DeliveryReport]>([])

  var all: [DeliveryReport] { reports.withLock { $0 } }

  func add(_ report: DeliveryReport) { reports.withLock { $0.append(report) } }
}
