import KafkaClient
import Teller
import Testing

@testable import TellerKafka

@Suite struct `A topic's sighting` {
  @Test func `holds the cluster, the partitions and the bounds of their logs`() throws {
    let stage = try Stage(partitions: 3)
    try stage.write(0..<7, partition: 1)
    let scout = try TopicScout(configuration: stage.configuration, topic: stage.topic)
    let sighting = try scout.sight(for: "workers")
    #expect(sighting.topic == stage.topic)
    #expect(sighting.group == "workers")
    #expect(sighting.logRanges == [0..<0, 0..<7, 0..<0])
    #expect(!sighting.clusterID.isEmpty)
    #expect(try scout.sight(for: "workers") == sighting)
    #expect(scout.close(within: .seconds(10)))
  }

  @Test func `has no partitions where there is no topic`() throws {
    let stage = try Stage()
    let scout = try TopicScout(configuration: stage.configuration, topic: stage.absentTopic())
    let sighting = try scout.sight(for: "workers")
    #expect(sighting.logRanges.isEmpty)
    #expect(sighting.adoptionRefusal != nil)
    #expect(scout.close(within: .seconds(10)))
  }

  @Test func `fails in time where there is no broker`() throws {
    let stage = try Stage()
    try stage.cluster.setBrokerDown(1)
    let scout = try TopicScout(configuration: stage.configuration, topic: stage.topic)
    let failure = #expect(throws: LogFailure.self) {
      try scout.sight(for: "workers", within: .milliseconds(300))
    }
    #expect(failure?.kind == .transient)
    try stage.cluster.setBrokerUp(1)
    #expect(try scout.sight(for: "workers", within: .seconds(20)).logRanges.count == 1)
    #expect(scout.close(within: .seconds(10)))
  }
}
