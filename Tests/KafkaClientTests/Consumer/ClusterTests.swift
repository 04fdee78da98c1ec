import KafkaClient
import Testing

@Suite struct `A consumer asks the cluster` {
  @Test func `for its id, a topic's partitions and a log's bounds`() throws {
    let fixture = try MockFixture(partitions: 3)
    try fixture.write(12, partition: 2)
    let consumer = try fixture.consumer()
    #expect(try !consumer.clusterID(timeout: .seconds(10)).isEmpty)
    #expect(try consumer.partitionCount(of: fixture.topic, timeout: .seconds(10)) == 3)
    // The mock creates what it is asked for; a real broker answers so by itself.
    fixture.cluster.setTopicError("absent", code: KafkaError.Code.unknownTopicOrPartition)
    #expect(try consumer.partitionCount(of: "absent", timeout: .seconds(10)) == nil)
    let marks = try consumer.watermarks(topic: fixture.topic, partition: 2, timeout: .seconds(10))
    #expect(marks.low == 0 && marks.high == 12)
    try consumer.refreshAllMetadata(timeout: .seconds(10))
    #expect(consumer.close(within: .seconds(10)))
  }

  @Test func `and hears an error rather than zeros`() throws {
    let fixture = try MockFixture()
    let consumer = try fixture.consumer()
    #expect(throws: KafkaError.self) {
      try consumer.watermarks(topic: fixture.topic, partition: 9, timeout: .seconds(2))
    }
    #expect(consumer.close(within: .seconds(10)))
  }

  @Test func `and waits for a leader`() throws {
    let fixture = try MockFixture()
    fixture.cluster.setTopicError("records", code: KafkaError.Code.leaderNotAvailable)
    let consumer = try fixture.consumer()
    let error = #expect(throws: KafkaError.self) {
      try consumer.partitionCount(of: "records", timeout: .milliseconds(500))
    }
    #expect(error?.code == KafkaError.Code.leaderNotAvailable)
    fixture.cluster.setTopicError("records", code: 0)
    #expect(try consumer.partitionCount(of: "records", timeout: .seconds(10)) == 1)
    #expect(consumer.close(within: .seconds(10)))
  }

  @Test func `and is disturbed when a broker goes away`() throws {
    let fixture = try MockFixture()
    try fixture.write(1)
    let (consumer, queue) = try fixture.reader(from: 0)
    #expect(queue.drain({ _ in }, until: { $0 == .end(offset: 1) }))
    try fixture.cluster.setBrokerDown(1)
    consumer.events { $0.isDisturbance }
    let down = consumer.events { event in
      if case .error(let error) = event { error.code == KafkaError.Code.allBrokersDown } else { false }
    }
    #expect(!down.isEmpty)
    try fixture.cluster.setBrokerUp(1)
    try fixture.write(1)
    var offsets: [Int64] = []
    #expect(queue.drain({ offsets.append($0.offset) }, until: { $0 == .end(offset: 2) }))
    #expect(offsets == [1])
    #expect(consumer.close(within: .seconds(10)))
  }
}
