import KafkaClient
import Testing

@Suite struct `A record` {
  @Test func `keeps null apart from empty, and headers in order`() throws {
    let fixture = try MockFixture()
    let producer = try Producer(fixture.configuration, onReport: { #expect($0.error == nil) })
    let headers: [(String, [UInt8]?)] = [("a", [1, 2]), ("a", nil), ("b", [])]
    try producer.produce(topic: fixture.topic, partition: 0, key: nil, value: nil, headers: headers)
    try producer.produce(
      topic: fixture.topic, partition: 0, key: [], value: [], timestamp: 1_700_000_000_123)
    try producer.produce(topic: fixture.topic, partition: 0, key: [0xff, 0], value: [7, 8, 9])
    #expect(producer.flush(timeout: .seconds(20)))

    let (consumer, queue) = try fixture.reader(from: 0)
    var copies: [Copied] = []
    var seen: [[(name: String, value: [UInt8]?)]] = []
    var timestamps: [Int64] = []
    let isWhole = queue.drain(
      { record in
        copies.append(Copied(record))
        seen.append(record.headers())
        timestamps.append(record.timestamp)
        #expect(record.partition == 0)
      }, until: { $0 == .end(offset: 3) })

    #expect(isWhole)
    try #require(copies.count == 3)
    #expect(copies[0].key == nil && copies[0].value == nil)
    #expect(copies[1].key == [] && copies[1].value == [])
    #expect(copies[2].key == [0xff, 0] && copies[2].value == [7, 8, 9])
    #expect(copies.map(\.offset) == [0, 1, 2])
    #expect(seen[0].map(\.name) == ["a", "a", "b"])
    #expect(seen[0].map(\.value) == [[1, 2], nil, []])
    #expect(seen[1].isEmpty)
    #expect(timestamps[1] == 1_700_000_000_123)
    #expect(consumer.close(within: .seconds(10)))
  }

  @Test func `lends its bytes as spans`() throws {
    let fixture = try MockFixture()
    try fixture.write(1)
    let (consumer, queue) = try fixture.reader(from: 0)
    var lengths: [Int] = []
    var first: UInt8 = 0
    let isWhole = queue.drain(
      { record in
        lengths = [record.withKey { $0.byteCount }, record.withValue { $0.byteCount }]
        first = record.withValue { $0.unsafeLoad(fromByteOffset: 0, as: UInt8.self) }
        #expect(record.keyLength == lengths[0] && record.valueLength == lengths[1])
      }, until: { $0 == .record })
    #expect(isWhole)
    #expect(lengths == ["key-0".utf8.count, "value-0".utf8.count])
    #expect(first == UInt8(ascii: "v"))
    #expect(consumer.close(within: .seconds(10)))
  }
}
