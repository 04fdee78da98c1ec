// A cluster with one topic, and the few steps that most tests take.

import KafkaClient
import Teller
import TellerIntegrationKit
import Testing

@testable import TellerKafka

/// Where a test plays: the mock cluster of this process, or a real broker.
struct Stage {
  let topic: String
  let configuration: KafkaConfiguration
  /// The mock cluster, where it is one.
  let mock: MockCluster?

  /// The mock, with one topic.
  init(partitions: Int32 = 1) throws {
    let cluster = try MockCluster()
    topic = "records"
    try cluster.createTopic(topic, partitions: partitions)
    mock = cluster
    configuration = KafkaConfiguration(
      brokers: cluster.bootstrapServers,
      overrides: ["fetch.wait.max.ms": "10", "session.timeout.ms": "4000"])
  }

  /// A real broker, with one topic.
  init(_ kafka: RealKafka, topic: String, partitions: Int32 = 1) throws {
    self.topic = topic
    mock = nil
    configuration = KafkaConfiguration(brokers: kafka.bootstrapServers)
    let admin = try TopicAdmin(configuration)
    try admin.createTopic(topic, partitions: partitions)
    admin.close()
  }

  var cluster: MockCluster {
    get throws { try #require(mock) }
  }

  /// A topic that does not exist. The mock would make one of whatever is asked for.
  func absentTopic() -> String {
    mock?.setTopicError("absent", code: KafkaError.Code.unknownTopicOrPartition)
    return "absent"
  }

  func log(group: String = "workers", partitions: Int32 = 1) throws -> KafkaLog {
    try KafkaLog(configuration: configuration, topic: topic, group: group, partitionCount: partitions)
  }

  func reader(limit: Duration = .seconds(10)) throws -> KafkaLogReader {
    try KafkaLogReader(configuration: configuration, topic: topic, limit: limit)
  }

  /// Writes records `key-n` → `value-n` and waits for their reports.
  func write(_ numbers: Range<Int>, partition: Int32 = 0) throws {
    let producer = try Producer(configuration.forProducer, onReport: { #expect($0.error == nil) })
    try producer.put(numbers, topic: topic, partition: partition)
    #expect(producer.flush(timeout: .seconds(30)))
    #expect(producer.close(within: .seconds(10)))
  }
}

extension KafkaConfiguration {
  /// Without the consumers' properties.
  var forProducer: KafkaConfiguration {
    KafkaConfiguration(brokers: properties["bootstrap.servers"] ?? "")
  }
}

extension Producer {
  /// Queues records `key-n` → `value-n`, n milliseconds after a fixed moment.
  func put(_ numbers: Range<Int>, topic: String, partition: Int32 = 0) throws {
    for number in numbers {
      try produce(
        topic: topic, partition: partition, key: Array("key-\(number)".utf8),
        value: Array("value-\(number)".utf8), timestamp: Int64(1_700_000_000_000 + number))
      // The producer's queue holds 100,000.
      if number % 50_000 == 49_999 { #expect(flush(timeout: .seconds(30))) }
    }
  }
}
