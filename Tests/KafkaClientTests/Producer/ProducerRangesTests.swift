import KafkaClient
import Synchronization
import Testing

/// One record as a buffer and ranges, built in the order of its parts.
private struct Parts {
  var bytes: [UInt8] = []
  var key: Range<Int>?
  var value: Range<Int>?
  var headers: [(name: Range<Int>, value: Range<Int>?)] = []

  mutating func add(_ text: String) -> Range<Int> {
    let start = bytes.count
    bytes.append(contentsOf: text.utf8)
    return start..<bytes.count
  }

  mutating func header(_ name: String, _ value: String?) {
    let name = add(name)
    headers.append((name: name, value: value.map { add($0) }))
  }

  func send(
    _ producer: Producer, _ topic: ProducerTopic, partition: Int32 = 0, tag: UInt64 = 0
  ) throws(KafkaError) {
    try producer.produce(
      bytes, key: key, value: value, headers: headers, to: topic, partition: partition, tag: tag)
  }
}

/// A record as it came back.
private struct Returned: Equatable {
  var copied: Copied
  var names: [String]
  var values: [[UInt8]?]

  init(_ record: borrowing Record) {
    copied = Copied(record)
    let headers = record.headers()
    names = headers.map(\.name)
    values = headers.map(\.value)
  }
}

@Suite struct `A producer of records in one buffer` {
  let fixture: MockFixture
  fileprivate let reports = TagReports()

  init() throws { fixture = try MockFixture(partitions: 2) }

  private func producer(_ more: [String: String] = [:]) throws -> Producer {
    try Producer(fixture.configuration.with(more), onReport: { [reports] in reports.add($0) })
  }

  private func readBack(_ count: Int64, partition: Int32 = 0) throws -> [Returned] {
    let (consumer, queue) = try fixture.reader(partition: partition, from: 0)
    var all: [Returned] = []
    #expect(queue.drain({ all.append(Returned($0)) }, until: { $0 == .end(offset: count) }))
    #expect(consumer.close(within: .seconds(10)))
    return all
  }

  @Test func `sends key, value and headers as they are, null apart from empty`() throws {
    let producer = try producer()
    let topic = try producer.topic(fixture.topic)
    var full = Parts()
    full.header("first", "one")
    full.key = full.add("key")
    full.header("empty", "")
    full.header("null", nil)
    full.header("first", "again")
    full.header("", "nameless")
    full.value = full.add("value \u{0} é")
    try full.send(producer, topic)
    var bare = Parts()
    _ = bare.add("unused")
    try bare.send(producer, topic)
    var empty = Parts()
    empty.key = 0..<0
    empty.value = 0..<0
    try empty.send(producer, topic)
    #expect(producer.flush(timeout: .seconds(20)))

    let all = try readBack(3)
    #expect(all[0].copied.key == Array("key".utf8))
    #expect(all[0].copied.value == Array("value \u{0} é".utf8))
    #expect(all[0].names == ["first", "empty", "null", "first", ""])
    #expect(all[0].values == [Array("one".utf8), [], nil, Array("again".utf8), Array("nameless".utf8)])
    #expect(all[1].copied.key == nil && all[1].copied.value == nil && all[1].names.isEmpty)
    #expect(all[2].copied.key == [] && all[2].copied.value == [])
    #expect(producer.close(within: .seconds(10)))
  }

  @Test func `keeps the order of each partition and reports each tag once`() throws {
    let producer = try producer()
    let topic = try producer.topic(fixture.topic)
    for number in 0..<2000 {
      var parts = Parts()
      parts.header("number", "\(number)")
      parts.value = parts.add("\(number)")
      try parts.send(producer, topic, partition: Int32(number % 2), tag: UInt64(number))
    }
    #expect(producer.flush(timeout: .seconds(20)))
    for partition in [Int32(0), 1] {
      let values = try readBack(1000, partition: partition).map { $0.copied.value }
      #expect(values == (0..<1000).map { Array("\($0 * 2 + Int(partition))".utf8) })
    }
    #expect(reports.tags.sorted() == (0..<2000).map { UInt64($0) })
    #expect(producer.close(within: .seconds(10)))
  }

  @Test func `queues nothing of what it refuses`() throws {
    try fixture.cluster.setBrokerDown(1)
    let producer = try producer(["queue.buffering.max.messages": "1", "message.max.bytes": "1000"])
    let topic = try producer.topic(fixture.topic)
    var parts = Parts()
    parts.header("h", String(repeating: "x", count: 1000))
    expect(KafkaError.Code.msgSizeTooLarge) { () throws(KafkaError) in try parts.send(producer, topic) }
    parts = Parts()
    parts.header("h", "v")
    let kept = parts
    for flaw in [-1..<1, 0..<3, 2..<9] {
      parts = kept
      parts.key = flaw
      expect(KafkaError.Code.invalidArgument) { () throws(KafkaError) in try parts.send(producer, topic) }
      parts = kept
      parts.headers.append((name: 0..<1, value: flaw))
      expect(KafkaError.Code.invalidArgument) { () throws(KafkaError) in try parts.send(producer, topic) }
    }
    try kept.send(producer, topic, tag: 7)
    // Many times: a list of headers that was freed twice, or never, would show here under a checking allocator.
    for _ in 0..<1000 {
      expect(KafkaError.Code.queueFull) { () throws(KafkaError) in try kept.send(producer, topic) }
    }
    producer.purge()
    while producer.pending > 0 { producer.poll(timeout: .milliseconds(100)) }
    #expect(reports.tags == [7])
    #expect(producer.close(within: .seconds(10)))
    expect(KafkaError.Code.destroyed) { () throws(KafkaError) in try kept.send(producer, topic) }
  }

  @Test func `refuses a topic's handle of another producer`() throws {
    let (one, other) = (try producer(), try producer())
    let topic = try one.topic(fixture.topic)
    #expect(try one.topic(fixture.topic) === topic)
    expect(KafkaError.Code.invalidArgument) { () throws(KafkaError) in try Parts().send(other, topic) }
    #expect(one.close(within: .seconds(10)) && other.close(within: .seconds(10)))
  }

  @Test func `lists all topics, and creates none by asking`() throws {
    let producer = try producer()
    let expected = [fixture.topic: Int32(2)]
    #expect(try producer.topicPartitions(timeout: .seconds(10)) == expected)
    let consumer = try fixture.consumer()
    #expect(try consumer.topicPartitions(timeout: .seconds(10)) == expected)
    let admin = try TopicAdmin(fixture.configuration)
    #expect(try admin.topicPartitions() == expected)
    #expect(admin.close() && consumer.close(within: .seconds(10)) && producer.close(within: .seconds(10)))
  }

  private func expect(_ code: Int32, _ work: () throws(KafkaError) -> Void) {
    let error = #expect(throws: KafkaError.self) { try work() }
    #expect(error?.code == code)
  }
}

/// The tags of all reports.
private final class TagReports: Sendable {
  private let all = Mutex<[UInt64]>([])

  var tags: [UInt64] { all.withLock { $0 } }

  func add(_ report: DeliveryReport) { all.withLock { $0.append(report.tag) } }
}
