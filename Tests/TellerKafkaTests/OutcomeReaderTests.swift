import Foundation
import KafkaClient
import Teller
import TellerKafka
import Testing

@Suite struct `A reader of outcomes` {
  private typealias Event = OutcomesStage.Event

  @Test func `gives each event once and in order, from the first on`() throws {
    let stage = try OutcomesStage()
    let chain = OutcomesStage.chain(0..<5)
    try stage.publish([chain[0], chain[1], chain[0], chain[3], chain[3], chain[2], chain[1], chain[4]])
    let reader = try stage.reader(from: .earliest)
    #expect(try reader.offsets(5) == [0, 1, 2, 3, 4])
    #expect(try reader.next(within: .milliseconds(300)) == nil)
    #expect(reader.hasReachedStartingEnd)
    // What is published later comes, too.
    try stage.publish([chain[2]] + OutcomesStage.chain(5..<7))
    #expect(try reader.offsets(2) == [5, 6])
    #expect(reader.close(within: .seconds(10)))
    #expect(try reader.next(within: .seconds(30)) == nil)
  }

  @Test func `reads all partitions, each in its own order`() throws {
    let stage = try OutcomesStage(partitions: 3)
    for partition in Int32(0)..<3 { try stage.publish(OutcomesStage.chain(0..<40), partition: partition) }
    let reader = try stage.reader(from: .earliest)
    #expect(reader.partitions == [0, 1, 2])
    var seen: [Int32: [Int64]] = [:]
    for _ in 0..<120 {
      let event = try #require(try reader.next(within: .seconds(30))).event
      seen[event.origin.partition, default: []].append(event.origin.offset)
    }
    #expect(seen.count == 3 && seen.values.allSatisfy { $0 == Array(0..<40) })
    #expect(reader.close(within: .seconds(10)))
  }

  @Test func `that begins at the end misses nothing that comes later, and takes no late repeat for news`()
    throws
  {
    let stage = try OutcomesStage()
    let chain = OutcomesStage.chain(0..<10)
    // The last two are a stopped publisher's.
    try stage.publish(Array(chain[..<6]) + [chain[1], chain[2]])
    let reader = try stage.reader(from: .end)
    try stage.publish([chain[3], chain[6], chain[5], chain[7]])
    #expect(try reader.offsets(2) == [6, 7])
    #expect(try reader.next(within: .milliseconds(300)) == nil)
    #expect(reader.close(within: .seconds(10)))
  }

  @Test func `that begins at the end of an empty topic sees the first event`() throws {
    let stage = try OutcomesStage(partitions: 2)
    let reader = try stage.reader(from: .end)
    #expect(reader.hasReachedStartingEnd)
    try stage.publish(OutcomesStage.chain(0..<2), partition: 1)
    #expect(try reader.offsets(2) == [0, 1])
    #expect(reader.close(within: .seconds(10)))
  }

  @Test func `goes on where another stopped, wherever that was`() throws {
    let stage = try OutcomesStage()
    let chain = OutcomesStage.chain(0..<6)
    // A hole at 2 that is filled late, and repeats.
    try stage.publish([chain[0], chain[1], chain[3], chain[4], chain[0], chain[2], chain[5]])
    for count in 0...6 {
      let first = try stage.reader(from: .earliest)
      let before = try first.offsets(count)
      let saved = try JSONEncoder().encode(first.position)
      #expect(first.close(within: .seconds(10)))
      let position = try JSONDecoder().decode(OutcomePosition.self, from: saved)
      let second = try stage.reader(from: .saved(position))
      #expect(try before + second.offsets(6 - count) == [0, 1, 2, 3, 4, 5])
      #expect(try second.next(within: .milliseconds(200)) == nil)
      #expect(second.close(within: .seconds(10)))
    }
  }

  @Test func `that stopped while it waited reads again what waited`() throws {
    let stage = try OutcomesStage()
    let chain = OutcomesStage.chain(0..<6)
    try stage.publish([chain[0], chain[1], chain[3], chain[4]])
    let first = try stage.reader(from: .earliest)
    #expect(try first.offsets(2) == [0, 1])
    #expect(try first.next(within: .milliseconds(300)) == nil)
    #expect(first.holes.map(\.held) == [2])
    let second = try stage.reader(from: .saved(first.position))
    #expect(first.close(within: .seconds(10)))
    try stage.publish([chain[2], chain[5]])
    #expect(try second.offsets(4) == [2, 3, 4, 5])
    #expect(second.close(within: .seconds(10)))
  }

  @Test func `refuses to go on where the log has lost its place`() throws {
    let stage = try OutcomesStage()
    try stage.publish(OutcomesStage.chain(0..<2))
    let beyond = OutcomePosition(
      topic: "transfers", partitions: [.init(partition: 0, next: 9, standing: nil)])
    let lost = #expect(throws: LogFailure.self) { try stage.reader(from: .saved(beyond)) }
    #expect(lost?.kind == .outOfRange)
    let other = OutcomePosition(topic: "payments", partitions: [])
    #expect(throws: LogFailure.self) { try stage.reader(from: .saved(other)) }
    #expect(throws: LogFailure.self) { try stage.reader(from: .end, partitions: [1]) }
  }

  @Test func `says where it waits, and gives up only when told`() throws {
    let stage = try OutcomesStage()
    let chain = OutcomesStage.chain(0..<8)
    try stage.publish([chain[0], chain[2], chain[3], chain[5]])
    let reader = try stage.reader(from: .earliest, heldMax: 3)
    #expect(try reader.offsets(1) == [0])
    #expect(try reader.next(within: .milliseconds(300)) == nil)
    #expect(reader.holes.map(\.missing) == [1] && reader.holes.map(\.held) == [3])
    try stage.publish([chain[7]])
    let full = #expect(throws: OutcomeReadFailure.self) {
      for _ in 0..<3 { _ = try reader.next(within: .seconds(5)) }
    }
    guard case .order(let cause)? = full?.cause else { throw CancellationError() }
    #expect(cause.code == .holeTooLong)
    reader.skipHole(of: 0)
    #expect(try reader.offsets(2) == [2, 3])
    #expect(reader.holes.map(\.missing) == [4])
    #expect(reader.close(within: .seconds(10)))
  }

  @Test func `tells of a record that is no event, and goes on behind it`() throws {
    let stage = try OutcomesStage()
    try stage.publish(OutcomesStage.chain(0..<1))
    try stage.publishNoise()
    try stage.publish([Event(1, after: 0)])
    let reader = try stage.reader(from: .earliest)
    #expect(try reader.offsets(1) == [0])
    let failure = #expect(throws: OutcomeReadFailure.self) { try reader.next(within: .seconds(30)) }
    #expect(failure?.offset == 1 && failure?.partition == 0)
    guard case .format? = failure?.cause else { throw CancellationError() }
    #expect(try reader.offsets(1) == [1])
    #expect(reader.close(within: .seconds(10)))
  }

  @Test func `says that a later history takes back what was told`() throws {
    let stage = try OutcomesStage()
    try stage.publish(OutcomesStage.chain(0..<3) + [Event(2, after: 1, history: 2)])
    let reader = try stage.reader(from: .earliest)
    #expect(try reader.offsets(3) == [0, 1, 2])
    let again = try #require(try reader.next(within: .seconds(30)))
    #expect(again.contradicts && again.event.history.number == 2)
    #expect(reader.close(within: .seconds(10)))
  }

  @Test func `waits for the outcome of one request`() throws {
    let stage = try OutcomesStage(partitions: 12)
    let account = "acct-42"
    let reader = try OutcomeReader(
      configuration: stage.configuration, topic: "transfers", account: account, from: .end)
    #expect(reader.partitions == [3])
    let key = try #require(IdempotencyKey(parsing: "order-4711", topic: "transfers"))
    #expect(try reader.wait(for: key, within: .milliseconds(200)) == nil)
    try stage.publish(
      OutcomesStage.chain(0..<3) + [Event(3, after: 2, key: "order-4711")], partition: 3)
    #expect(try reader.wait(for: key, within: .seconds(30))?.origin.offset == 3)
    // Behind a hole it is as true.
    let late = try #require(IdempotencyKey(parsing: "late", topic: "transfers"))
    try stage.publish([Event(9, after: 8, key: "late")], partition: 3)
    #expect(try reader.wait(for: late, within: .seconds(30))?.origin.offset == 9)
    #expect(reader.close(within: .seconds(10)))
  }

  @Test func `rides out a broker that goes away`() throws {
    let stage = try OutcomesStage()
    try stage.publish(OutcomesStage.chain(0..<2))
    let reader = try stage.reader(from: .earliest)
    #expect(try reader.offsets(2) == [0, 1])
    try stage.cluster.setBrokerDown(1)
    #expect(try reader.next(within: .milliseconds(500)) == nil)
    try stage.cluster.setBrokerUp(1)
    try stage.publish(OutcomesStage.chain(2..<4))
    #expect(try reader.offsets(2) == [2, 3])
    #expect(reader.close(within: .seconds(10)))
  }

  @Test func `ends at once for the thread that waits, when it is closed`() async throws {
    let stage = try OutcomesStage()
    let reader = try stage.reader(from: .end)
    let started = ContinuousClock.now
    async let waiting = inBackground { try reader.next(within: .seconds(60)) }
    _ = try stage.reader(from: .end).next(within: .milliseconds(200))
    #expect(reader.close(within: .seconds(10)))
    #expect(try await waiting == nil)
    #expect(ContinuousClock.now - started < .seconds(20))
  }

  private func inBackground<Result: Sendable>(
    _ work: @escaping @Sendable () throws -> Result
  ) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Swift.Result { try work() }) }
    }
  }

  @Test func `is not made for a topic that does not exist, or without a broker`() throws {
    let stage = try OutcomesStage()
    stage.cluster.setTopicError("absent-outcomes", code: KafkaError.Code.unknownTopicOrPartition)
    let absent = #expect(throws: LogFailure.self) {
      try OutcomeReader(configuration: stage.configuration, topic: "absent", from: .end)
    }
    #expect(absent?.code == "NO_TOPIC")
    try stage.cluster.setBrokerDown(1)
    let silent = #expect(throws: LogFailure.self) {
      try OutcomeReader(
        configuration: stage.configuration, topic: "transfers", from: .end, within: .milliseconds(500))
    }
    #expect(silent?.kind == .transient)
  }
}
