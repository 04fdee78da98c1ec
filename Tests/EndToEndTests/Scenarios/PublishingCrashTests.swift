import Foundation
import TellerIntegrationKit
import Testing

extension `Worker processes` {
  /// Between commit, produce, report and cursor: a reader that follows the rule sees each event once and in order.
  @Suite struct `on the way from the commit to the cursor` {
    static let deaths: [[String]] = [
      ["publish.afterProduce:1", "publish.afterReport:1", "publish.afterCursor:1"],
      ["publish.afterProduce:3", "publish.afterReport:2", "publish.afterCursor:3"],
      ["publish.afterProduce:2", "commit.sent:2", "commit.acknowledged:3"],
      ["publish.afterReport:3", "commit.sent:1", "commit.acknowledged:1"],
    ]

    @Test(arguments: deaths)
    func `die, and the one that is left tells the rest`(points: [String]) throws {
      try crash(on: .embedded, points)
    }

    @Test(.enabled(if: RealKafka.isExpected), arguments: [deaths[1], deaths[2]])
    func `die on a real broker, too`(points: [String]) throws {
      try crash(on: .real, points)
    }

    private func crash(on kind: BrokerKind, _ points: [String]) throws {
      let scenario = try Scenario(on: TestBroker(kind), partitions: 8)
      let watch = CursorWatch(scenario)
      let fleet = Fleet(scenario)
      let load = try Load(scenario, rate: 500)
      let victims = try points.map { try fleet.start(environment: ["TELLER_CRASH_AT": $0]) }
      let survivor = try fleet.start()
      for (victim, point) in zip(victims, points) {
        #expect(try victim.waitForExit(within: .seconds(40)) == -SIGKILL, "\(point)\n\(victim.tail())")
      }
      try load.stop()
      try scenario.awaitPublished()
      #expect(survivor.exitStatus == nil, "\(survivor.tail())")
      #expect(try fleet.stopAll() == [0])
      #expect(watch.stop().fallen == [])
      #expect(try Verdict(scenario).findings == [], "\(points)\n\(fleet.tails)")
    }

    /// Nobody is left: what the dead one decided and did not tell comes from the tables and the log.
    @Test(arguments: ["publish.afterProduce:2", "commit.acknowledged:2"])
    func `die alone, and the next one tells what it did not decide itself`(point: String) throws {
      let scenario = try Scenario(on: TestBroker(.embedded), partitions: 3)
      try scenario.produce(scenario.settings(5_000))
      let fleet = Fleet(scenario)
      let victim = try fleet.start(environment: ["TELLER_CRASH_AT": point])
      #expect(try victim.waitForExit(within: .seconds(20)) == -SIGKILL, "\(victim.tail())")
      let owed = try scenario.decided() - scenario.published().reduce(0, +)
      #expect(owed > 0)
      #expect(try fleet.drain(idle: 1) == [0], "\(fleet.tails)")
      #expect(try scenario.published() == scenario.logEnds())
      #expect(try Verdict(scenario).findings == [], "\(fleet.tails)")
    }
  }
}
