import KafkaClient
import TellerIntegrationKit
import Testing

@testable import Teller
@testable import TellerKafka

@Suite(.enabled(if: RealKafka.isExpected, "KAFKA_HOME is not set"))
struct `On a real broker` {
  private func stage(_ topic: String, partitions: Int32 = 1) throws -> Stage {
    try Stage(try #require(try RealKafka.shared), topic: topic, partitions: partitions)
  }

  @Test func `a second reading finds the holes of transactions, and the markers behind them`() throws {
    let stage = try stage("transactions")
    let producer = try stage.transactions()
    try producer.transact(0..<10, topic: stage.topic)  // 0…9, its marker at 10
    try producer.transact(10..<15, topic: stage.topic, abort: true)  // 11…15, its marker at 16
    try producer.transact(15..<20, topic: stage.topic)  // 17…21, its marker at 22
    let held = Array(Int64(0)..<10) + Array(17..<22)

    let log = try stage.log(group: "transactions")
    let drained = try log.reading(from: 0).drain(to: 23)
    #expect(drained.offsets == held)
    let reader = try stage.reader()
    let scan = try reader.scan(0..<23, of: 0)
    #expect(scan == LogScan(offsets: held, reached: 23, low: 0))
    #expect(scan.confirms(gaps: [10..<17, 22..<23], of: 0..<23))
    #expect(!scan.confirms(gaps: [10..<18, 22..<23], of: 0..<23))
    // A range that begins and ends inside holes.
    #expect(try reader.scan(12..<17, of: 0) == LogScan(offsets: [], reached: 17, low: 0))
    #expect(try reader.scan(22..<23, of: 0) == LogScan(offsets: [], reached: 23, low: 0))
    for hole in [Int64(10), 12, 16, 22] { #expect(try reader.anchor(at: hole, of: 0) == nil) }
    #expect(try reader.anchor(at: 17, of: 0) != nil)

    // What is written and not yet ended lies behind the last stable end.
    try producer.beginTransaction()
    try producer.put(20..<23, topic: stage.topic)
    #expect(producer.flush(timeout: .seconds(20)))
    #expect(try log.range(of: 0) == 0..<23)
    #expect(try reader.scan(20..<23, of: 0) == LogScan(offsets: [20, 21], reached: 23, low: 0))
    try producer.abortTransaction(timeout: .seconds(20))
    #expect(producer.close(within: .seconds(10)))
    #expect(reader.close(within: .seconds(10)))
    #expect(log.close(within: .seconds(15)))
  }

  @Test func `offsets before the log's begin are out of range, for every kind of reader`() throws {
    let stage = try stage("deleted")
    try stage.write(0..<20)
    let admin = try TopicAdmin(stage.configuration)
    try admin.deleteRecords(stage.topic, before: [(partition: 0, offset: 8)])
    admin.close()

    let reader = try stage.reader()
    let scan = #expect(throws: LogFailure.self) { try reader.scan(5..<12, of: 0) }
    #expect(scan?.kind == .outOfRange)
    let anchor = #expect(throws: LogFailure.self) { try reader.anchor(at: 7, of: 0) }
    #expect(anchor?.kind == .outOfRange)
    #expect(try reader.scan(8..<12, of: 0) == LogScan(offsets: [8, 9, 10, 11], reached: 12, low: 8))
    let log = try stage.log(group: "deleted")
    #expect(try log.range(of: 0) == 8..<20)
    #expect(try log.reading(from: 5).drain().failure?.kind == .outOfRange)
    let scout = try TopicScout(configuration: stage.configuration, topic: stage.topic)
    let sighting = try scout.sight(for: "deleted")
    #expect(sighting.logRanges == [8..<20])
    #expect(sighting.adoptionRefusal != nil)
    #expect(scout.close(within: .seconds(10)))
    #expect(reader.close(within: .seconds(10)))
    #expect(log.close(within: .seconds(15)))
  }

  @Test func `a recreated topic has other anchors, for a reader that knew the old one too`() throws {
    let stage = try stage("recreated")
    try stage.write(0..<10)
    let reader = try stage.reader()
    let before = try reader.anchor(at: 5, of: 0)
    #expect(try reader.anchor(at: 5, of: 0) == before)

    let admin = try TopicAdmin(stage.configuration)
    try admin.deleteTopic(stage.topic)
    try eventually { try admin.createTopic(stage.topic, partitions: 1) }
    admin.close()
    // Longer than the old one: librdkafka 2.0.2 resumes in it without a word.
    try stage.write(100..<130)
    let after = try eventually { try reader.anchor(at: 5, of: 0) }
    #expect(after != nil)
    #expect(after != before)
    #expect(reader.close(within: .seconds(10)))
  }

  @Test func `a topic that is not there has no partitions`() throws {
    let stage = try stage("present")
    let topic = stage.absentTopic()
    let scout = try TopicScout(configuration: stage.configuration, topic: topic)
    #expect(try scout.sight(for: "absent").logRanges.isEmpty)
    #expect(scout.close(within: .seconds(10)))
    let log = try KafkaLog(
      configuration: stage.configuration, topic: topic, group: "absent", partitionCount: 1)
    #expect(try log.partitionCount() == nil)
    #expect(log.close(within: .seconds(15)))
  }

  @Test func `a topic that grew is seen at once by the question and soon by the group`() throws {
    let stage = try stage("grown", partitions: 2)
    let log = try stage.log(group: "grown", partitions: 2)
    #expect(try log.joined() == [0, 1])
    try log.assign([0, 1].map { PartitionStart(partition: $0, offset: 0) })
    try log.proveMembership([PartitionStart(partition: 1, offset: 0)])
    let admin = try TopicAdmin(stage.configuration)
    try admin.createPartitions(stage.topic, total: 3)
    admin.close()
    #expect(try log.partitionCount() == 3)
    #expect(log.hear(\.revokedLost) == false)
    try log.unassign()
    #expect(log.hear(\.assigned) == [0, 1, 2])
    #expect(log.close(within: .seconds(15)))
  }

  @Test func `a long log is given whole`() throws {
    let stage = try stage("long")
    try stage.write(0..<120_000)
    let log = try stage.log(group: "long")
    let source = try log.reading(from: 0)
    #expect(source.drain(to: 120_000).offsets == Array(0..<120_000))
    #expect(log.close(within: .seconds(15)))
  }
}

extension Stage {
  fileprivate func transactions() throws -> Producer {
    let producer = try Producer(
      configuration.forProducer.with(["transactional.id": topic]), onReport: { _ in })
    try producer.initTransactions(timeout: .seconds(30))
    return producer
  }
}

extension Producer {
  fileprivate func transact(_ numbers: Range<Int>, topic: String, abort: Bool = false) throws {
    try beginTransaction()
    try put(numbers, topic: topic)
    // Flushed first: an abort would purge what has not been sent.
    #expect(flush(timeout: .seconds(20)))
    if abort {
      try abortTransaction(timeout: .seconds(20))
    } else {
      try commitTransaction(timeout: .seconds(20))
    }
  }
}

/// Asks again until it is answered, as the engine does; fails after 30 s.
@discardableResult
private func eventually<Answer>(_ question: () throws -> Answer) throws -> Answer {
  let deadline = ContinuousClock.now + .seconds(30)
  while true {
    do {
      return try question()
    } catch {
      if ContinuousClock.now > deadline { throw error }
    }
  }
}
