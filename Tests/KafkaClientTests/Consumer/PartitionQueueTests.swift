import KafkaClient
import Synchronization
import Testing

@Suite struct `A partition queue` {
  @Test func `starts at the assigned offset and ends with the next one`() throws {
    let fixture = try MockFixture()
    try fixture.write(50)
    let (consumer, queue) = try fixture.reader(from: 20)
    var offsets: [Int64] = []
    #expect(queue.drain({ offsets.append($0.offset) }, until: { $0 == .end(offset: 50) }))
    #expect(offsets == Array(20..<50))
    #expect(consumer.close(within: .seconds(10)))
  }

  @Test func `keeps its records off the main queue`() throws {
    let fixture = try MockFixture(partitions: 2)
    try fixture.write(500, partition: 0)
    try fixture.write(500, partition: 1)
    let consumer = try fixture.consumer()
    let queues = try [Int32(0), 1].map { try consumer.partitionQueue(topic: fixture.topic, partition: $0) }
    try consumer.assign([(partition: 0, offset: 0), (partition: 1, offset: 0)], topic: fixture.topic)
    var counts = [0, 0]
    for (index, queue) in queues.enumerated() {
      #expect(queue.drain({ _ in counts[index] += 1 }, until: { $0 == .end(offset: 500) }))
    }
    #expect(counts == [500, 500])
    #expect(leaks(of: consumer).isEmpty)
    #expect(consumer.close(within: .seconds(10)))
  }

  @Test func `made after the assignment loses records, and the poll says so`() throws {
    let fixture = try MockFixture()
    try fixture.write(10)
    let consumer = try fixture.consumer()
    try consumer.assign([(partition: 0, offset: 0)], topic: fixture.topic)
    let seen = consumer.events { $0.isDisturbance }
    #expect(seen.last == .disturbed("a record came outside its partition's queue: partition 0, offset 0"))
    #expect(consumer.close(within: .seconds(10)))
  }

  @Test func `reports an offset outside the log and recovers by assigning again`() throws {
    let fixture = try MockFixture()
    try fixture.write(10)
    let (consumer, queue) = try fixture.reader(from: 1000)
    var code: Int32?
    let isReported = queue.drain(
      { _ in Issue.record("no record is there") },
      until: { popped in
        if case .error(let error) = popped { code = error.code }
        return code != nil
      })
    #expect(isReported)
    #expect(code == KafkaError.Code.autoOffsetReset)
    try consumer.assign([(partition: 0, offset: 5)], topic: fixture.topic)
    var offsets: [Int64] = []
    #expect(queue.drain({ offsets.append($0.offset) }, until: { $0 == .end(offset: 10) }))
    #expect(offsets == Array(5..<10))
    #expect(consumer.close(within: .seconds(10)))
  }

  @Test func `signals from empty to readable, at once when it is readable already, not after release`() throws
  {
    let fixture = try MockFixture()
    let (consumer, queue) = try fixture.reader(from: 0)
    let first = Arrivals()
    queue.whenReadable { first.signal() }
    try fixture.write(1)
    #expect(first.wait())
    #expect(queue.drain({ _ in }, until: { $0 == .end(offset: 1) }))

    try fixture.write(1)
    while queue.count == 0 { _ = consumer.poll(timeout: .milliseconds(5)) }
    let second = Arrivals()
    queue.whenReadable { second.signal() }
    #expect(second.wait(0))

    let calls = Atomic<Int>(0)
    let counter = CallCounter()
    queue.whenReadable { counter.count() }
    calls.store(counter.calls, ordering: .relaxed)
    queue.release()
    try fixture.write(5)
    let popped = queue.pop { _ in Issue.record("released") }
    #expect(popped == .empty)
    #expect(counter.calls == calls.load(ordering: .relaxed))
    #expect(consumer.close(within: .seconds(10)))
  }

  @Test func `outlives its consumer without harm`() throws {
    let fixture = try MockFixture()
    try fixture.write(10)
    let (consumer, queue) = try fixture.reader(from: 0)
    #expect(consumer.close(within: .seconds(10)))
    let popped = queue.pop { _ in Issue.record("the consumer is closed") }
    #expect(popped == .empty)
    queue.release()
    queue.whenReadable { Issue.record("the consumer is closed") }
    #expect(queue.count == 0)
  }

  private func leaks(of consumer: Consumer) -> [ConsumerEvent] {
    var leaks: [ConsumerEvent] = []
    while let event = consumer.poll(timeout: .milliseconds(50)) {
      if case .disturbed(let text) = event, text.contains("outside") { leaks.append(event) }
    }
    return leaks
  }
}

private final class CallCounter: Sendable {
  private let number = Atomic<Int>(0)

  var calls: Int { number.load(ordering: .acquiring) }

  func count() { number.wrappingAdd(1, ordering: .acquiringAndReleasing) }
}
