import KafkaClient
import Teller
import Testing

@testable import TellerKafka

@Suite struct `A log's membership` {
  private let here = [PartitionStart(partition: 0, offset: 3)]

  @Test func `is proved by the coordinator, and lost when it says so`() throws {
    let stage = try Stage()
    try stage.write(0..<5)
    let log = try stage.log()
    _ = try log.reading(from: 0)
    try log.proveMembership(here)
    #expect(!log.assignmentWasLost)
    try stage.cluster.pushErrors(apiKey: .offsetCommit, codes: [KafkaError.Code.illegalGeneration])
    let failure = #expect(throws: LogFailure.self) { try log.proveMembership(here) }
    #expect(failure?.kind == .notAMember)
    #expect(failure?.code == "ILLEGAL_GENERATION")
    #expect(log.hear(\.revokedLost) == true)
    #expect(log.assignmentWasLost)
    #expect(log.close(within: .seconds(15)))
  }

  @Test func `is in doubt during a rebalance`() throws {
    let stage = try Stage()
    let log = try stage.log()
    _ = try log.reading(from: 0)
    try stage.cluster.pushErrors(apiKey: .offsetCommit, codes: [KafkaError.Code.rebalanceInProgress])
    let failure = #expect(throws: LogFailure.self) { try log.proveMembership(here) }
    #expect(failure?.kind == .transient)
    #expect(log.close(within: .seconds(15)))
  }

  @Test func `exports positions without waiting`() throws {
    let stage = try Stage(partitions: 2)
    let log = try stage.log(group: "export", partitions: 2)
    #expect(try log.joined() == [0, 1])
    try log.assign([0, 1].map { PartitionStart(partition: $0, offset: 0) })
    log.exportPositions(here)
    // The coordinator answers in order: once the proof is there, the export is.
    try log.proveMembership([PartitionStart(partition: 1, offset: 4)])
    let asking = try Consumer(stage.configuration.with(["group.id": "export"]))
    let committed = try asking.committed(topic: stage.topic, partitions: [0, 1], timeout: .seconds(10))
    #expect(committed == [0: 3, 1: 4])
    #expect(asking.close(within: .seconds(15)))
    #expect(log.close(within: .seconds(15)))
  }

  @Test func `is shared between two`() throws {
    let stage = try Stage(partitions: 4)
    let first = try stage.log(group: "pair", partitions: 4)
    #expect(try first.joined() == [0, 1, 2, 3])
    try first.assign((0..<4).map { PartitionStart(partition: $0, offset: 0) })
    let second = try stage.log(group: "pair", partitions: 4)
    try second.join()
    #expect(first.hear(\.revokedLost) == false)
    try first.unassign()
    let mine = try #require(first.hear(\.assigned))
    let yours = try #require(second.hear(\.assigned))
    #expect(mine.count == 2 && yours.count == 2)
    #expect((mine + yours).sorted() == [0, 1, 2, 3])
    // Neither answered its assignment: closing must not wait for that.
    #expect(first.close(within: .seconds(15)))
    #expect(second.close(within: .seconds(15)))
  }

  @Test func `ends with a fatal event when another process takes its place`() throws {
    let stage = try Stage()
    let log = try KafkaLog(
      configuration: stage.configuration.with(["group.instance.id": "one"]), topic: stage.topic,
      group: "fenced", partitionCount: 1)
    _ = try log.reading(from: 0)
    try stage.cluster.pushErrors(apiKey: .heartbeat, codes: [KafkaError.Code.fencedInstanceID])
    let failure = log.hear(\.fatal)
    #expect(failure?.kind == .fatal)
    #expect(failure?.code == "FENCED_INSTANCE_ID")
    _ = log.close(within: .seconds(10))
  }
}
