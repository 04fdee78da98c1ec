import Foundation
import TellerIntegrationKit
import Testing

extension `Worker processes` {
  /// SIGKILL at the named places of a record's way; whoever is left goes on without a hand.
  @Suite struct `killed at a named place` {
    static let groupsOfThree: [[String]] = [
      ["assign.beforeTakeover:2", "batch.beforeBegin:4", "commit.sent:4"],
      ["assign.afterTakeover:2", "batch.afterFence:4", "commit.acknowledged:4"],
      ["batch.afterDedup:4", "batch.afterLock:4", "batch.afterPersist:4"],
    ]

    @Test(arguments: groupsOfThree)
    func `leave the log to the one that is left`(points: [String]) throws {
      try crash(on: .embedded, points)
    }

    @Test(.enabled(if: RealKafka.isExpected))
    func `leave it on a real broker, too`() throws {
      try crash(on: .real, ["batch.afterLock:4", "commit.sent:4", "commit.acknowledged:4"])
    }

    private func crash(on kind: BrokerKind, _ points: [String]) throws {
      let scenario = try Scenario(on: TestBroker(kind), partitions: 12)
      let fleet = Fleet(scenario)
      let load = try Load(scenario, rate: 500)
      let victims = try points.map { try fleet.start(environment: ["TELLER_CRASH_AT": $0]) }
      let survivor = try fleet.start()
      for (victim, point) in zip(victims, points) {
        #expect(try victim.waitForExit(within: .seconds(40)) == -SIGKILL, "\(point)\n\(victim.tail())")
      }
      try load.stop()
      try scenario.awaitDecided()
      #expect(survivor.exitStatus == nil, "\(survivor.tail())")
      #expect(try fleet.stopAll() == [0])
      #expect(try Verdict(scenario).findings == [], "\(points)\n\(fleet.tails)")
    }

    /// Those on the way out: a rebalance reaches the first two, SIGTERM the third.
    @Test func `die while they hand over`() throws {
      let scenario = try Scenario(on: TestBroker(.embedded), partitions: 12)
      let fleet = Fleet(scenario)
      let load = try Load(scenario, rate: 500)
      let points = ["revoke.beforeDrain", "revoke.beforeUnassign", "shutdown.beforeClose"]
      let victims = try points.map { try fleet.start(environment: ["TELLER_CRASH_AT": $0]) }
      for victim in victims {
        try victim.waitForLine(containing: "partitions assigned", within: .seconds(30))
      }
      try fleet.start()
      for victim in victims.prefix(2) { #expect(try victim.waitForExit(within: .seconds(40)) == -SIGKILL) }
      victims[2].signal(SIGTERM)
      #expect(try victims[2].waitForExit(within: .seconds(40)) == -SIGKILL)
      try load.stop()
      try scenario.awaitDecided()
      #expect(try fleet.stopAll() == [0])
      #expect(try Verdict(scenario).findings == [], "\(fleet.tails)")
    }
  }
}
