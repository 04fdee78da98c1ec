import TellerTestKit
import Testing

@testable import Teller

@Suite struct `The simulated sink` {
  private let sink = SimulatedEventSink(partitions: 2)

  private func draft(_ value: String, key: String? = "key") -> EventDraft {
    var draft = EventDraft()
    draft.append(header: "name") { $0.append(contentsOf: "one".utf8) }
    if let key { draft.appendKey(key.utf8) }
    draft.appendValue { $0.append(contentsOf: value.utf8) }
    return draft
  }

  private func send(_ tags: UInt64..., to topic: OutputTopic = .outcomes) throws {
    for tag in tags { try sink.send(draft("\(tag)"), to: topic, partition: 0, tag: tag) }
  }

  private func values(_ topic: OutputTopic = .outcomes) -> [String] {
    sink.delivered(topic).map { String(decoding: $0.value ?? [], as: UTF8.self) }
  }

  private func failure(_ body: () throws -> Void) -> SendFailure? {
    #expect(throws: SendFailure.self, performing: body)
  }

  @Test func `delivers records as they were drafted, and reports them in order`() throws {
    try sink.send(draft("a"), to: .outcomes, partition: 1, tag: 7)
    try sink.send(draft("b", key: nil), to: .deadLetters, partition: 0, tag: 8)
    #expect(
      sink.poll(.zero) == [SendReport(tag: 7, failure: nil), SendReport(tag: 8, failure: nil)])
    #expect(sink.poll(.zero) == [])
    let event = try #require(sink.delivered(.outcomes).first)
    #expect(event.key == Array("key".utf8))
    #expect(event.value == Array("a".utf8))
    #expect(event.header("name") == "one")
    #expect(event.header("other") == nil)
    #expect(sink.delivered(.outcomes, partition: 0) == [])
    #expect(sink.delivered(.deadLetters, partition: 0).map(\.key) == [nil])
  }

  @Test func `holds reports until they are released`() throws {
    sink.hold()
    try send(1, 2, 3)
    #expect(sink.poll(.zero) == [])
    #expect(sink.inFlight == 3)
    #expect(values() == [])
    sink.release(2)
    #expect(sink.poll(.zero).map(\.tag) == [1, 2])
    try send(4)
    #expect(sink.poll(.zero) == [])
    sink.release()
    #expect(sink.poll(.zero).map(\.tag) == [3, 4])
    #expect(values() == ["1", "2", "3", "4"])
  }

  @Test func `is full at its limit, until it is polled`() throws {
    sink.limitQueue(to: 2)
    try send(1, 2)
    #expect(failure { try send(3) } == .full)
    _ = sink.poll(.zero)
    try send(3)
    #expect(values() == ["1", "2", "3"])
  }

  @Test func `takes no larger record than was announced, and none larger than the broker takes`() throws {
    sink.announce(sizeLimit: 12, of: .outcomes)
    #expect(sink.sizeLimit(of: .outcomes) == 12)
    #expect(sink.sizeLimit(of: .deadLetters) == SimulatedEventSink.sizeLimit)
    // Key, value and header: 3 + 2 + 7 bytes.
    try sink.send(draft("ab"), to: .outcomes, partition: 0, tag: 1)
    #expect(failure { try sink.send(draft("abc"), to: .outcomes, partition: 0, tag: 2) } == .tooLarge)
    sink.take(upTo: 11, on: .outcomes)
    try sink.send(draft("ab"), to: .outcomes, partition: 0, tag: 3)
    try sink.send(draft("a"), to: .outcomes, partition: 0, tag: 4)
    #expect(sink.poll(.zero).map(\.failure) == [nil, .tooLarge, nil])
    #expect(values() == ["ab", "a"])
  }

  @Test(arguments: [true, false])
  func `fails the next records, which may have arrived`(arrives: Bool) throws {
    sink.fail(next: 2, "no reason", arrives: arrives)
    try send(1, 2, 3)
    let failed = SendFailure.failed("no reason")
    #expect(sink.poll(.zero).map(\.failure) == [failed, failed, nil])
    #expect(values() == (arrives ? ["1", "2", "3"] : ["3"]))
  }

  @Test func `misses topics until they are made`() throws {
    sink.miss([.deadLetters])
    #expect(sink.prepare()?.contains("dead-letters") == true)
    try send(1)
    try send(2, to: .deadLetters)
    #expect(sink.poll(.zero).map { $0.failure == nil } == [true, false])
    #expect(values(.deadLetters) == [])
    sink.miss([])
    #expect(sink.prepare() == nil)
  }

  @Test(arguments: [true, false])
  func `drops what has no report at a reset; the broker may have it`(arrives: Bool) throws {
    sink.arriveAfterReset(arrives)
    try send(1)
    sink.hold()
    try send(2, 3)
    sink.reset()
    #expect(sink.resets == 1)
    sink.release()
    #expect(sink.poll(.zero) == [])
    #expect(values() == (arrives ? ["1", "2", "3"] : ["1"]))
  }

  @Test func `repeats what is there, late`() throws {
    try send(1, 2, 3)
    sink.repeatLate(.outcomes) { $0.value == [50] || $0.value == [49] }
    #expect(values() == ["1", "2", "3", "1", "2"])
  }

  @Test func `takes nothing once it is closed, and nothing for a partition that is not there`() throws {
    #expect(failure { try sink.send(draft("a"), to: .outcomes, partition: 2, tag: 1) } != nil)
    sink.closeInTime(false)
    #expect(!sink.close(within: .zero))
    #expect(sink.isClosed)
    #expect(failure { try send(1) } != nil)
    #expect(values() == [])
  }
}
