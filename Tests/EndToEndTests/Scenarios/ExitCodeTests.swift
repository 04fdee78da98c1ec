import Foundation
import KafkaClient
import Testing

@testable import TellerIntegrationKit

extension `Worker processes` {
  @Suite struct `with something wrong end with a code that` {
    private func exit(
      _ scenario: Scenario, group: String? = nil, brokers: String? = nil, postgres: String? = nil,
      within limit: Duration = .seconds(30)
    ) throws -> ChildProcess {
      let arguments = Fleet.arguments(scenario, group: group, brokers: brokers, postgres: postgres)
      return try TellerProcess.run(arguments + ["--until-idle", "1"], within: limit)
    }

    @Test func `says 2 for another stream: its group, its cluster, its number of partitions`() throws {
      let scenario = try Scenario(on: TestBroker(.embedded))
      try scenario.produce(scenario.settings(500))
      #expect(try exit(scenario).exitStatus == 0)
      let before = try scenario.positions()

      let otherGroup = try exit(scenario, group: "strangers")
      #expect(
        otherGroup.exitStatus == 2 && otherGroup.tail().contains(scenario.group), "\(otherGroup.tail())")

      let stranger = try MockCluster()
      try stranger.createTopic(scenario.topic, partitions: scenario.partitions)
      let otherCluster = try exit(scenario, brokers: stranger.bootstrapServers)
      #expect(otherCluster.exitStatus == 2, "\(otherCluster.tail())")

      #expect(try scenario.positions() == before)
      #expect(try Verdict(scenario).findings == [])
    }

    @Test(.enabled(if: RealKafka.isExpected))
    func `says 2 for another number of partitions`() throws {
      let scenario = try Scenario(on: TestBroker(.real), partitions: 2)
      try scenario.produce(scenario.settings(200))
      #expect(try exit(scenario).exitStatus == 0)
      let admin = try TopicAdmin(scenario.broker.configuration())
      defer { admin.close() }
      try admin.createPartitions(scenario.topic, total: 4)
      let grown = try exit(scenario)
      #expect(grown.exitStatus == 2 && grown.tail().contains("4"), "\(grown.tail())")
    }

    /// The log lost records of one partition before they were decided.
    @Test(.enabled(if: RealKafka.isExpected))
    func `says 1 for a halted partition, with the others drained`() throws {
      let scenario = try Scenario(on: TestBroker(.real))
      try scenario.produce(scenario.settings(1_000))
      #expect(try exit(scenario).exitStatus == 0)
      try scenario.produce(scenario.settings(2_000, seed: 8))
      let (before, ends) = (try scenario.positions(), try scenario.logEnds())
      let admin = try TopicAdmin(scenario.broker.configuration())
      defer { admin.close() }
      try admin.deleteRecords(scenario.topic, before: [(partition: 2, offset: before[2] + 5)])
      let worker = try exit(scenario)
      #expect(worker.exitStatus == 1 && worker.tail().contains("partition 2 is halted"), "\(worker.tail())")
      var expected = ends
      expected[2] = before[2]
      #expect(try scenario.positions() == expected)
      #expect(try scenario.halts().count == 1)
      // Started again, it says the same and changes nothing.
      #expect(try exit(scenario).exitStatus == 1)
      #expect(try scenario.positions() == expected)
    }

    /// Both are awaited for a minute; the two wait at once.
    @Test func `says 3 for a server that is away`() throws {
      let scenario = try Scenario(on: TestBroker(.embedded))
      let ports = try FreePort.take(2)
      let starts = [
        Fleet.arguments(scenario, postgres: "postgresql://postgres@127.0.0.1:\(ports[0])/none"),
        Fleet.arguments(scenario, brokers: "127.0.0.1:\(ports[1])"),
      ]
      for worker in try starts.map({ try TellerProcess.start($0) }) {
        try worker.waitForLine(containing: "waiting for", within: .seconds(30))
        #expect(try worker.waitForExit(within: .seconds(100)) == 3, "\(worker.tail())")
      }
    }

    @Test func `says 3 for a refused login`() throws {
      let scenario = try Scenario(on: TestBroker(.embedded))
      let guarded = try TemporaryPostgres(password: "right")
      defer { guarded.remove() }
      let wrong = "postgresql://postgres:wrong@127.0.0.1:\(guarded.port)/postgres?sslmode=disable"
      let worker = try exit(scenario, postgres: wrong)
      #expect(worker.exitStatus == 3, "\(worker.tail())")
      #expect(!worker.lines.contains { $0.text.contains("wrong@") })
    }

    @Test func `says 4 for a database without the schemas`() throws {
      let scenario = try Scenario(on: TestBroker(.embedded))
      let worker = try exit(scenario, postgres: scenario.postgres.createDatabase("bare"))
      #expect(worker.exitStatus == 4 && worker.tail().contains("migrate"), "\(worker.tail())")
    }
  }
}
