import KafkaClient
import Teller
import Testing

@testable import TellerKafka

@Suite struct `A key sampler` {
  /// Writes keys where a partitioner puts them.
  private func write(_ keys: Range<Int>, _ stage: Stage, _ count: Int32, by partitioner: Partitioner) throws {
    let producer = try Producer(stage.configuration.forProducer, onReport: { #expect($0.error == nil) })
    for number in keys {
      let key = Array("acct-\(number)".utf8)
      try producer.produce(
        topic: stage.topic, partition: partitioner.partition(key: key.span.bytes, count: count), key: key,
        value: [1])
    }
    #expect(producer.flush(timeout: .seconds(30)))
    #expect(producer.close(within: .seconds(10)))
  }

  private func sample(_ stage: Stage, from starts: (StreamSighting) -> [Int64]) throws -> PartitionerEvidence
  {
    let scout = try TopicScout(configuration: stage.configuration, topic: stage.topic)
    let sighting = try scout.sight(for: "workers")
    #expect(scout.close(within: .seconds(10)))
    let sampler = try KeySampler(configuration: stage.configuration, topic: stage.topic)
    defer { sampler.close(within: .seconds(10)) }
    return try sampler.sample(sighting, from: starts(sighting))
  }

  @Test func `finds the partitioner of what is there`() throws {
    let stage = try Stage(partitions: 4)
    try write(0..<600, stage, 4, by: .crc32)
    let evidence = try sample(stage) { $0.logRanges.map(\.lowerBound) }
    #expect(evidence.verdict(on: .hashed(.crc32)) == .fits)
    #expect(evidence.verdict(on: .hashed(.murmur2)) == .other(.crc32))
    #expect(evidence.records == 600 && evidence.partitions == [0, 1, 2, 3])
  }

  @Test func `looks at no more than 200 records of a partition, and also before an end`() throws {
    let stage = try Stage(partitions: 2)
    try write(0..<2_000, stage, 2, by: .murmur2)
    let earliest = try sample(stage) { $0.logRanges.map(\.lowerBound) }
    #expect(earliest.records == 400 && earliest.verdict(on: .hashed(.murmur2)) == .fits)
    let end = try sample(stage) { $0.logRanges.map(\.upperBound) }
    #expect(end.records == 200 && end.verdict(on: .hashed(.murmur2)) == .fits)
  }

  @Test func `finds nothing in an empty topic, without waiting`() throws {
    let stage = try Stage(partitions: 3)
    let start = ContinuousClock.now
    let evidence = try sample(stage) { $0.logRanges.map(\.lowerBound) }
    #expect(evidence.records == 0)
    #expect(ContinuousClock.now - start < .seconds(5))
  }

  @Test(
    arguments: [
      ([0..<1000], [0], [(0, 0..<100), (0, 900..<1000)]), ([0..<150], [0], [(0, 0..<100), (0, 100..<150)]),
      ([50..<1000], [990], [(0, 900..<1000), (0, 1000..<1000)]), ([5..<5], [5], [(0, 5..<5), (0, 5..<5)]),
      ([0..<1000], [300], [(0, 300..<400), (0, 900..<1000)]),
    ] as [([Range<Int64>], [Int64], [(Int32, Range<Int64>)])])
  func `takes two stretches of a log that do not overlap`(
    logs: [Range<Int64>], starts: [Int64], expected: [(Int32, Range<Int64>)]
  ) {
    let stretches = KeySampler.stretches(of: logs, from: starts).flatMap { [$0.first, $0.second] }
    #expect(stretches.map(\.partition) == expected.map(\.0))
    #expect(stretches.map(\.range) == expected.map(\.1))
  }

  @Test func `reads less of each partition where there are many`() {
    let logs = Array(repeating: Int64(0)..<1_000, count: 500)
    let stretches = KeySampler.stretches(of: logs, from: logs.map(\.lowerBound))
    let records = stretches.reduce(0) { $0 + $1.first.range.count + $1.second.range.count }
    #expect(records == 20_000)
  }
}

@Suite struct `The offsets of another group` {
  @Test func `are what it committed, and absent where it did not`() throws {
    let stage = try Stage(partitions: 3)
    try stage.write(0..<7, partition: 1)
    let log = try stage.log(group: "old", partitions: 3)
    #expect(try log.joined() == [0, 1, 2])
    try log.proveMembership([PartitionStart(partition: 1, offset: 5)])
    #expect(log.close(within: .seconds(15)))
    let committed = try GroupOffsets.committed(
      by: "old", on: stage.topic, partitions: 3, configuration: stage.configuration)
    #expect(committed == [1: 5])
    let unknown = try GroupOffsets.committed(
      by: "never", on: stage.topic, partitions: 3, configuration: stage.configuration)
    #expect(unknown == [:])
  }
}
