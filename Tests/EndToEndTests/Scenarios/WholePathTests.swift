import KafkaClient
import TellerIntegrationKit
import Testing

/// Processes of the real program, one scenario after the other: each has the machine to itself.
@Suite(.serialized) struct `Worker processes` {}

extension `Worker processes` {
  @Suite struct `on the whole path` {
    /// Duplicates, poison and misrouted records among 20,000.
    @Test(arguments: BrokerKind.here)
    func `apply a mixed log once and end when they are idle`(kind: BrokerKind) throws {
      let scenario = try Scenario(on: TestBroker(kind))
      try scenario.produce(scenario.settings(20_000))
      let fleet = Fleet(scenario)
      #expect(try fleet.drain(3) == [0, 0, 0], "\(fleet.tails)")
      let verdict = try Verdict(scenario)
      #expect(verdict.findings == [])
      #expect(verdict.log.records.count == 20_000)
      for outcome in ["applied", "rejected", "duplicate", "dead"] {
        #expect(verdict.outcomes.counts[outcome, default: 0] > 50, "\(verdict.outcomes.counts)")
      }
    }

    /// Lag tools read what Kafka holds; the truth is in the database.
    @Test(arguments: BrokerKind.here)
    func `show Kafka's tools no lag when they are done`(kind: BrokerKind) throws {
      let scenario = try Scenario(on: TestBroker(kind))
      try scenario.produce(scenario.settings(2_000))
      let fleet = Fleet(scenario)
      #expect(try fleet.drain() == [0], "\(fleet.tails)")
      let member = try Consumer(scenario.broker.configuration(["group.id": scenario.group]))
      defer { _ = member.close(within: .seconds(5)) }
      let committed = try member.committed(
        topic: scenario.topic, partitions: Array(0..<scenario.partitions), timeout: .seconds(10))
      #expect(try (0..<scenario.partitions).map { committed[$0] ?? -1 } == scenario.logEnds())
    }

    /// Sessions go with threads, not with partitions.
    @Test func `own 200 partitions with a handful of connections`() throws {
      let scenario = try Scenario(on: TestBroker(.embedded), partitions: 200)
      try scenario.produce(scenario.settings(4_000))
      let fleet = Fleet(scenario)
      try fleet.start(1)
      var most: Int64 = 0
      let ends = try scenario.logEnds()
      try Observation.wait(for: "200 partitions decided", within: .seconds(60)) {
        most = max(
          most,
          try scenario.books.number(
            """
            select count(*) from pg_stat_activity
             where application_name like 'teller %' and datname = current_database()
            """))
        return try scenario.positions() == ends
      }
      #expect((3...5).contains(most), "\(most) connections of a worker with two writers")
      #expect(try fleet.stopAll() == [0])
      #expect(try Verdict(scenario).findings == [])
    }
  }
}
