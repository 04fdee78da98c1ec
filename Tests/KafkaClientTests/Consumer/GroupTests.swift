import Foundation
import KafkaClient
import Testing

@Suite struct `A member of a group` {
  @Test func `records a rebalance and goes on when it is answered`() throws {
    let fixture = try MockFixture(partitions: 4)
    let first = try fixture.consumer(group: "pair")
    try first.subscribe(to: fixture.topic)
    #expect(first.awaitAssignment() == [0, 1, 2, 3])
    try first.assign((0..<4).map { (partition: $0, offset: 0) }, topic: fixture.topic)
    #expect(!first.assignmentWasLost)

    let second = try fixture.consumer(group: "pair")
    try second.subscribe(to: fixture.topic)
    let seen = first.events { $0.isRevocation }
    guard case .revoked(let partitions, let lost)? = seen.last else { return }
    #expect(partitions.sorted() == [0, 1, 2, 3])
    #expect(!lost)
    try first.unassign()

    let both = first.awaitAssignment() + second.awaitAssignment()
    #expect(both.sorted() == [0, 1, 2, 3])
    // Neither answered its assignment: closing must not wait for that.
    #expect(first.close(within: .seconds(15)))
    #expect(second.close(within: .seconds(15)))
  }

  @Test func `proves its membership by committing`() throws {
    let fixture = try MockFixture()
    try fixture.write(10)
    let consumer = try fixture.consumer(group: "proof")
    try consumer.subscribe(to: fixture.topic)
    #expect(consumer.awaitAssignment() == [0])
    try consumer.assign([(partition: 0, offset: 0)], topic: fixture.topic)

    try consumer.commit([(partition: 0, offset: 7)], topic: fixture.topic)
    let committed = try consumer.committed(topic: fixture.topic, partitions: [0], timeout: .seconds(10))
    #expect(committed == [0: 7])

    fixture.cluster.pushErrors(apiKey: .offsetCommit, codes: [KafkaError.Code.illegalGeneration])
    let error = #expect(throws: KafkaError.self) {
      try consumer.commit([(partition: 0, offset: 8)], topic: fixture.topic)
    }
    #expect(error?.code == KafkaError.Code.illegalGeneration)
    let seen = consumer.events { $0.isRevocation }
    #expect(seen.last == .revoked([0], lost: true))
    #expect(consumer.assignmentWasLost)
    #expect(consumer.close(within: .seconds(15)))
  }

  @Test func `commits later without waiting`() throws {
    let fixture = try MockFixture(partitions: 2)
    let consumer = try fixture.consumer(group: "later")
    try consumer.subscribe(to: fixture.topic)
    _ = consumer.awaitAssignment()
    try consumer.assign([(partition: 0, offset: 0), (partition: 1, offset: 0)], topic: fixture.topic)
    consumer.commitLater([(partition: 0, offset: 3)], topic: fixture.topic)
    // The coordinator answers in order: once the second is there, the first is.
    try consumer.commit([(partition: 1, offset: 4)], topic: fixture.topic)
    let committed = try consumer.committed(topic: fixture.topic, partitions: [0, 1], timeout: .seconds(10))
    #expect(committed == [0: 3, 1: 4])
    #expect(consumer.close(within: .seconds(15)))
  }

  @Test func `gives a commit up at its limit`() throws {
    let fixture = try MockFixture()
    let consumer = try fixture.consumer(group: "mute")
    try consumer.subscribe(to: fixture.topic)
    _ = consumer.awaitAssignment()
    try consumer.assign([(partition: 0, offset: 0)], topic: fixture.topic)
    try fixture.cluster.setRoundTrip(5000)
    let error = #expect(throws: KafkaError.self) {
      try consumer.commit([(partition: 0, offset: 1)], topic: fixture.topic, within: .milliseconds(100))
    }
    #expect(error?.code == KafkaError.Code.timedOut)
    try fixture.cluster.setRoundTrip(0)
    #expect(consumer.close(within: .seconds(30)))
  }

  @Test func `reports a fence as fatal and can be abandoned`() throws {
    let fixture = try MockFixture()
    let consumer = try fixture.consumer(group: "fenced", ["group.instance.id": "one"])
    try consumer.subscribe(to: fixture.topic)
    _ = consumer.awaitAssignment()
    let queue = try consumer.partitionQueue(topic: fixture.topic, partition: 0)
    try consumer.assign([(partition: 0, offset: 0)], topic: fixture.topic)
    fixture.cluster.pushErrors(apiKey: .heartbeat, codes: [KafkaError.Code.fencedInstanceID])
    let seen = consumer.events { $0.isFatal }
    guard case .fatal(let error)? = seen.last else { return }
    #expect(error.code == KafkaError.Code.fencedInstanceID)
    #expect(error.isFatal)
    #expect(error.hint?.contains("group.instance.id") == true)
    #expect(consumer.fatalError?.code == KafkaError.Code.fencedInstanceID)
    #expect(consumer.abandon(within: .seconds(10)))
    #expect(queue.pop { _ in } == .empty)
  }

  @Test func `wakes the thread that polls when it closes`() throws {
    let fixture = try MockFixture()
    let consumer = try fixture.consumer(group: "sleeper")
    try consumer.subscribe(to: fixture.topic)
    _ = consumer.awaitAssignment()
    let polling = Arrivals()
    let stopped = Arrivals()
    Thread.detachNewThread {
      polling.signal()
      while consumer.poll(timeout: .seconds(120)) != nil {}
      stopped.signal()
    }
    #expect(polling.wait())
    #expect(consumer.close(within: .seconds(15)))
    #expect(stopped.wait())
    #expect(throws: KafkaError.self) { try consumer.unassign() }
  }

  @Test func `without a group neither subscribes nor commits`() throws {
    let fixture = try MockFixture()
    let consumer = try fixture.consumer()
    #expect(!consumer.isMember)
    #expect(throws: KafkaError.self) { try consumer.subscribe(to: fixture.topic) }
    #expect(throws: KafkaError.self) {
      try consumer.commit([(partition: 0, offset: 1)], topic: fixture.topic)
    }
    #expect(consumer.close(within: .seconds(10)))
  }
}
