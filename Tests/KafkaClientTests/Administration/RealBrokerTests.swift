// What the mock cannot show.

import Foundation
import KafkaClient
import TellerIntegrationKit
import Testing

/// One that may create topics by itself: the client must not make it.
private let broker = Result { try RealKafka(properties: ["auto.create.topics.enable": "true"]) }

@Suite(.enabled(if: RealKafka.isExpected))
struct `A real broker` {
  let configuration: KafkaConfiguration
  let topic = "kafka-client-\(UUID().uuidString)"

  init() throws { configuration = KafkaConfiguration(brokers: try broker.get().bootstrapServers) }

  @Test func `creates, grows, describes and deletes topics`() throws {
    let admin = try TopicAdmin(configuration)
    let consumer = try Consumer(configuration)
    try admin.createTopic(topic, partitions: 2, config: ["cleanup.policy": "compact"])
    let again = #expect(throws: KafkaError.self) { try admin.createTopic(topic, partitions: 2) }
    #expect(again?.code == KafkaError.Code.topicAlreadyExists)
    try awaitCount(2, consumer)
    #expect(try admin.topicConfiguration(topic)["cleanup.policy"] == "compact")

    try admin.createPartitions(topic, total: 5)
    try awaitCount(5, consumer)

    try admin.deleteTopic(topic)
    try awaitCount(nil, consumer)
    let missing = #expect(throws: KafkaError.self) { try admin.deleteTopic(topic) }
    #expect(missing?.code == KafkaError.Code.unknownTopicOrPartition)
    let described = #expect(throws: KafkaError.self) { try admin.topicConfiguration(topic) }
    #expect(described?.code == KafkaError.Code.unknownTopicOrPartition)
    #expect(admin.close() && consumer.close(within: .seconds(10)))
  }

  @Test func `is not made to create a topic by a question`() throws {
    let consumer = try Consumer(configuration)
    for _ in 0..<3 {
      #expect(try consumer.partitionCount(of: topic, timeout: .seconds(10)) == nil)
    }
    #expect(consumer.close(within: .seconds(10)))
  }

  @Test func `deletes records and moves the low watermark`() throws {
    let admin = try TopicAdmin(configuration)
    try admin.createTopic(topic, partitions: 1)
    let producer = try Producer(configuration, onReport: { #expect($0.error == nil) })
    for number in UInt8(0)..<20 {
      try producer.produce(topic: topic, partition: 0, key: nil, value: [number])
    }
    #expect(producer.flush(timeout: .seconds(20)))
    try admin.deleteRecords(topic, before: [(partition: 0, offset: 7)])
    let consumer = try Consumer(configuration)
    let marks = try consumer.watermarks(topic: topic, partition: 0, timeout: .seconds(10))
    #expect(marks.low == 7 && marks.high == 20)

    let queue = try consumer.partitionQueue(topic: topic, partition: 0)
    try consumer.assign([(partition: 0, offset: 3)], topic: topic)
    var code: Int32?
    _ = queue.drain(
      { _ in },
      until: { popped in
        if case .error(let error) = popped { code = error.code }
        return popped != .empty
      })
    #expect(code == KafkaError.Code.autoOffsetReset)
    try admin.deleteTopic(topic)
    #expect(producer.close(within: .seconds(10)) && consumer.close(within: .seconds(10)) && admin.close())
  }

  @Test func `shows aborted records as a gap and the end behind the last marker`() throws {
    let admin = try TopicAdmin(configuration)
    try admin.createTopic(topic, partitions: 1)
    let producer = try Producer(configuration.with(["transactional.id": topic]), onReport: { _ in })
    try producer.initTransactions(timeout: .seconds(30))
    for isCommitted in [true, false, true] {
      try producer.beginTransaction()
      for number in UInt8(0)..<3 {
        try producer.produce(topic: topic, partition: 0, key: nil, value: [number])
      }
      #expect(producer.flush(timeout: .seconds(20)))
      if isCommitted {
        try producer.commitTransaction(timeout: .seconds(20))
      } else {
        try producer.abortTransaction(timeout: .seconds(20))
      }
    }
    let consumer = try Consumer(configuration)
    let queue = try consumer.partitionQueue(topic: topic, partition: 0)
    try consumer.assign([(partition: 0, offset: 0)], topic: topic)
    var offsets: [Int64] = []
    #expect(queue.drain({ offsets.append($0.offset) }, until: { $0 == .end(offset: 12) }))
    #expect(offsets == [0, 1, 2, 8, 9, 10])
    try admin.deleteTopic(topic)
    #expect(producer.close(within: .seconds(10)) && consumer.close(within: .seconds(10)) && admin.close())
  }

  @Test func `moves partitions between two members and disturbs them when it grows a topic`() throws {
    let admin = try TopicAdmin(configuration)
    try admin.createTopic(topic, partitions: 2)
    let member = configuration.with(["group.id": topic, "session.timeout.ms": "6000"])
    let first = try Consumer(member)
    try first.subscribe(to: topic)
    #expect(first.awaitAssignment() == [0, 1])
    try first.assign([(partition: 0, offset: 0), (partition: 1, offset: 0)], topic: topic)
    try first.commit([(partition: 0, offset: 0)], topic: topic)
    let second = try Consumer(member)
    try second.subscribe(to: topic)
    first.events { $0.isRevocation }
    try first.unassign()
    let mine = first.awaitAssignment()
    #expect((mine + second.awaitAssignment()).sorted() == [0, 1])
    try first.assign(mine.map { (partition: $0, offset: 0) }, topic: topic)
    #expect(second.close(within: .seconds(15)))
    let left = first.events { $0.isRevocation }
    #expect(left.last == .revoked(mine, lost: false))
    try first.unassign()
    #expect(first.awaitAssignment() == [0, 1])
    try first.assign([(partition: 0, offset: 0), (partition: 1, offset: 0)], topic: topic)

    try admin.createPartitions(topic, total: 3)
    try first.refreshAllMetadata(timeout: .seconds(10))
    first.events { $0.isDisturbance }
    #expect(first.close(within: .seconds(15)))
    try admin.deleteTopic(topic)
    #expect(admin.close())
  }

  /// Brokers learn of a change a moment after the controller has answered; each question is a round trip.
  private func awaitCount(_ count: Int32?, _ consumer: Consumer) throws {
    let deadline = ContinuousClock.now + .seconds(20)
    var found: Int32?
    repeat {
      found = try consumer.partitionCount(of: topic, timeout: .seconds(10))
    } while found != count && ContinuousClock.now < deadline
    #expect(found == count)
  }
}
