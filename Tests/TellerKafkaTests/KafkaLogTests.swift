import KafkaClient
import Testing

@testable import Teller
@testable import TellerKafka

@Suite struct `A Kafka log` {
  @Test func `gives records from the assigned offset on, and the log's end`() throws {
    let stage = try Stage()
    try stage.write(0..<50)
    let log = try stage.log()
    let drained = try log.reading(from: 20).drain()
    #expect(drained.offsets == Array(20..<50))
    #expect(drained.end == 50)
    #expect(drained.batch.slots.map(\.offset) == Array(20..<50))
    #expect(drained.batch.key(7) == Array("key-27".utf8))
    #expect(drained.batch.value(29) == Array("value-49".utf8))
    #expect(drained.batch.slots[0].timestamp == 1_700_000_000_020)
    #expect(log.close(within: .seconds(15)))
  }

  @Test func `tells null from empty`() throws {
    let stage = try Stage()
    let producer = try Producer(stage.configuration.forProducer, onReport: { #expect($0.error == nil) })
    try producer.produce(topic: stage.topic, partition: 0, key: nil, value: nil)
    try producer.produce(topic: stage.topic, partition: 0, key: [], value: [])
    try producer.produce(topic: stage.topic, partition: 0, key: [1], value: nil)
    #expect(producer.flush(timeout: .seconds(20)))
    let log = try stage.log()
    let batch = try log.reading(from: 0).drain(to: 3).batch
    #expect(batch.key(0) == nil && batch.value(0) == nil)
    #expect(batch.key(1) == [] && batch.value(1) == [])
    #expect(batch.key(2) == [1] && batch.value(2) == nil)
    #expect(log.close(within: .seconds(15)))
  }

  @Test func `leaks no record of any partition to the group's queue`() throws {
    let stage = try Stage(partitions: 4)
    for partition in Int32(0)..<4 { try stage.write(0..<500, partition: partition) }
    let log = try stage.log(partitions: 4)
    let partitions = try log.joined()
    #expect(partitions == [0, 1, 2, 3])
    let sources = try partitions.map { (partition) throws in try log.source(for: partition) }
    try log.assign(partitions.map { PartitionStart(partition: $0, offset: 100) })
    for source in sources { #expect(source.drain(to: 500).offsets == Array(100..<500)) }
    while let event = log.poll(timeout: .milliseconds(50)) { #expect(event.disturbed == nil) }
    #expect(log.close(within: .seconds(15)))
  }

  @Test func `goes on in the same sources after reading was stopped`() throws {
    let stage = try Stage()
    try stage.write(0..<30)
    let log = try stage.log()
    let source = try log.reading(from: 0)
    #expect(source.drain(to: 30).offsets.count == 30)
    try log.unassign()
    try log.assign([PartitionStart(partition: 0, offset: 10)])
    #expect(source.drain(to: 30).offsets == Array(10..<30))
    #expect(log.close(within: .seconds(15)))
  }

  @Test func `lets a former source of a partition take nothing from the new one`() throws {
    let stage = try Stage()
    try stage.write(0..<10)
    let log = try stage.log()
    let former = try log.reading(from: 0)
    try log.unassign()
    let source = try log.source(for: 0)
    #expect(source.isSilent)
    let woken = Arrivals()
    source.whenReadable { woken.signal() }
    try log.assign([PartitionStart(partition: 0, offset: 0)])
    #expect(woken.wait())
    // The first wake-up may be for the client's own notes: records follow within these polls.
    for _ in 0..<20 {
      #expect(former.isSilent)
      _ = log.poll(timeout: .milliseconds(20))
    }
    #expect(source.drain(to: 10).offsets == Array(0..<10))
    #expect(log.close(within: .seconds(15)))
    #expect(source.isSilent)
  }

  @Test func `keeps waking the new source when the former one is gone`() throws {
    let stage = try Stage()
    let log = try stage.log()
    var former: KafkaSource? = try log.reading(from: 0)
    _ = former?.drain(to: 0)
    try log.unassign()
    let source = try log.source(for: 0)
    #expect(source.isSilent)
    let woken = Arrivals()
    source.whenReadable { woken.signal() }
    former = nil
    try log.assign([PartitionStart(partition: 0, offset: 0)])
    #expect(woken.wait())
    #expect(log.close(within: .seconds(15)))
  }

  @Test func `says which offset is not in the log`() throws {
    let stage = try Stage()
    try stage.write(0..<10)
    let log = try stage.log()
    let source = try log.reading(from: 1_000)
    #expect(source.drain().failure?.kind == .outOfRange)
    try log.assign([PartitionStart(partition: 0, offset: 5)])
    #expect(source.drain(to: 10).offsets == Array(5..<10))
    #expect(log.close(within: .seconds(15)))
  }

  @Test func `asks for the partition count and the bounds of a log`() throws {
    let stage = try Stage(partitions: 3)
    try stage.write(0..<12, partition: 2)
    let log = try stage.log(partitions: 3)
    #expect(try log.partitionCount() == 3)
    #expect(try log.range(of: 2) == 0..<12)
    #expect(try log.range(of: 0) == 0..<0)
    #expect(throws: LogFailure.self) { try log.range(of: 9) }
    let absent = try KafkaLog(
      configuration: stage.configuration, topic: stage.absentTopic(), group: "workers", partitionCount: 1)
    #expect(try absent.partitionCount() == nil)
    #expect(absent.close(within: .seconds(15)))
    #expect(log.close(within: .seconds(15)))
    #expect(throws: LogFailure.self) { try log.partitionCount() }
  }

  @Test func `hears a broken connection as a disturbance, and as trouble`() throws {
    let stage = try Stage()
    let log = try stage.log()
    _ = try log.reading(from: 0).drain(to: 0)
    try stage.cluster.setBrokerDown(1)
    #expect(log.hear(\.disturbed) != nil)
    #expect(log.hear(\.trouble)?.kind == .transient)
    try stage.cluster.setBrokerUp(1)
    #expect(log.close(within: .seconds(30)))
  }

  @Test func `refuses a property that does not exist`() throws {
    let configuration = KafkaConfiguration(brokers: "localhost:1", overrides: ["no.such.property": "1"])
    let failure = #expect(throws: LogFailure.self) {
      try KafkaLog(configuration: configuration, topic: "records", group: "workers", partitionCount: 1)
    }
    #expect(failure?.kind == .fatal)
    #expect(failure?.message.contains("no.such.property") == true)
  }
}
