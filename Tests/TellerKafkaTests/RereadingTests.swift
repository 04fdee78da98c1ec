import KafkaClient
import Testing

@testable import Teller
@testable import TellerKafka

@Suite struct `A second reading` {
  @Test func `of a log without gaps confirms that there are none`() throws {
    let stage = try Stage()
    try stage.write(0..<50)
    let reader = try stage.reader()
    let scan = try reader.scan(10..<30, of: 0)
    #expect(scan == LogScan(offsets: Array(10..<30), reached: 30, low: 0))
    #expect(scan.confirms(gaps: [], of: 10..<30))
    #expect(!scan.confirms(gaps: [12..<14], of: 10..<30))
    #expect(reader.close(within: .seconds(10)))
  }

  @Test func `reaches the log's end, again and again`() throws {
    let stage = try Stage()
    try stage.write(0..<5)
    let reader = try stage.reader()
    for _ in 0..<3 {
      #expect(try reader.scan(2..<5, of: 0) == LogScan(offsets: [2, 3, 4], reached: 5, low: 0))
      #expect(try reader.scan(5..<5, of: 0) == LogScan(offsets: [], reached: 5, low: 0))
    }
    #expect(reader.close(within: .seconds(10)))
  }

  @Test func `of a range that goes beyond the log proves nothing`() throws {
    let stage = try Stage()
    try stage.write(0..<5)
    let reader = try stage.reader()
    let scan = try reader.scan(0..<8, of: 0)
    #expect(scan.reached == 5)
    #expect(!scan.confirms(gaps: [5..<8], of: 0..<8))
    let failure = #expect(throws: LogFailure.self) { try reader.scan(900..<901, of: 0) }
    #expect(failure?.kind == .outOfRange)
    // The reader is as good as before.
    #expect(try reader.scan(0..<5, of: 0).offsets.count == 5)
    #expect(reader.close(within: .seconds(10)))
  }

  @Test func `makes the same anchors as the batch that held the records`() throws {
    let stage = try Stage()
    try stage.write(0..<3)
    let producer = try Producer(stage.configuration.forProducer, onReport: { #expect($0.error == nil) })
    try producer.produce(topic: stage.topic, partition: 0, key: nil, value: [])
    try producer.produce(topic: stage.topic, partition: 0, key: [], value: nil)
    #expect(producer.flush(timeout: .seconds(20)))
    let log = try stage.log()
    let batch = try log.reading(from: 0).drain(to: 5).batch
    let reader = try stage.reader()
    var digests: Set<[UInt8]> = []
    for (index, slot) in batch.slots.enumerated() {
      let expected = Anchor(
        offset: slot.offset, key: batch.key(index), value: batch.value(index), timestamp: slot.timestamp)
      let anchor = try reader.anchor(at: slot.offset, of: 0)
      #expect(anchor == expected)
      digests.insert(expected.digest)
    }
    #expect(digests.count == 5)
    #expect(reader.close(within: .seconds(10)))
    #expect(log.close(within: .seconds(15)))
  }

  @Test func `has no anchor to show outside the log, and says why`() throws {
    let stage = try Stage()
    try stage.write(0..<5)
    let reader = try stage.reader()
    let atEnd = #expect(throws: LogFailure.self) { try reader.anchor(at: 5, of: 0) }
    #expect(atEnd?.kind == .transient)
    let beyond = #expect(throws: LogFailure.self) { try reader.anchor(at: 6, of: 0) }
    #expect(beyond?.kind == .outOfRange)
    #expect(reader.close(within: .seconds(10)))
  }

  @Test func `ends at its limit where the broker says nothing`() throws {
    let stage = try Stage()
    try stage.write(0..<5)
    let reader = try stage.reader(limit: .milliseconds(300))
    try stage.cluster.setRoundTrip(5_000)
    let started = ContinuousClock.now
    let failure = #expect(throws: LogFailure.self) { try reader.scan(0..<5, of: 0) }
    #expect(failure?.kind == .transient)
    #expect(ContinuousClock.now - started < .seconds(4))
    try stage.cluster.setRoundTrip(0)
    #expect(reader.close(within: .seconds(30)))
  }

  @Test func `proves nothing where the connection broke`() throws {
    let stage = try Stage()
    try stage.write(0..<5)
    let reader = try stage.reader(limit: .seconds(20))
    #expect(try reader.scan(0..<5, of: 0).offsets.count == 5)
    try stage.cluster.pushErrors(apiKey: .fetch, codes: [KafkaError.Code.transport])
    let failure = #expect(throws: LogFailure.self) { try reader.scan(0..<5, of: 0) }
    #expect(failure?.kind == .transient)
    #expect(failure?.code == "DISTURBED")
    #expect(reader.close(within: .seconds(10)))
  }

  @Test func `serves several threads, one at a time`() async throws {
    let stage = try Stage(partitions: 4)
    for partition in Int32(0)..<4 { try stage.write(0..<20, partition: partition) }
    let reader = try stage.reader()
    try await withThrowingTaskGroup(of: LogScan.self) { group in
      for number in Int32(0)..<16 {
        group.addTask { try reader.scan(5..<20, of: number % 4) }
      }
      for try await scan in group { #expect(scan == LogScan(offsets: Array(5..<20), reached: 20, low: 0)) }
    }
    #expect(reader.close(within: .seconds(10)))
    let failure = #expect(throws: LogFailure.self) { try reader.scan(0..<1, of: 0) }
    #expect(failure?.kind == .fatal)
  }
}
