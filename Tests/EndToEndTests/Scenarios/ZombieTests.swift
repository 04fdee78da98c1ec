import Foundation
import TellerIntegrationKit
import Testing

extension `Worker processes` {
  /// A process is stopped in the middle of a batch, outlives its session, and wakes.
  @Suite struct `stopped and woken` {
    struct Stop: CustomTestStringConvertible, Sendable {
      let kind: BrokerKind
      /// One process for each.
      let points: [String]
      var testDescription: String { "\(points.joined(separator: ", ")) on the \(kind) broker" }
    }

    static let stops: [Stop] =
      [
        Stop(kind: .embedded, points: ["batch.afterLock"]),
        Stop(kind: .embedded, points: ["batch.beforeBegin", "batch.afterFence", "commit.sent"]),
      ] + (RealKafka.isExpected ? [Stop(kind: .real, points: ["batch.afterLock"])] : [])

    @Test(arguments: stops)
    func `change no row of their successor and hold nobody up`(stop: Stop) throws {
      let scenario = try Scenario(on: TestBroker(stop.kind), partitions: Int32(2 * stop.points.count + 4))
      let fleet = Fleet(scenario)
      let zombies = try sleepAndWake(scenario, fleet, at: stop.points, environment: [:])
      try scenario.awaitDecided()
      for zombie in zombies { #expect(zombie.exitStatus == nil, "\(zombie.tail())") }
      #expect(try fleet.stopAll().allSatisfy { $0 == 0 }, "\(fleet.tails)")
      let verdict = try Verdict(scenario)
      #expect(verdict.findings == [], "\(fleet.tails)")
    }

    /// The memory of keys is switched off: only the guard stands between a zombie and the books.
    @Test(arguments: BrokerKind.here)
    func `are held off by the guard alone`(kind: BrokerKind) throws {
      let scenario = try Scenario(on: TestBroker(kind))
      let fleet = Fleet(scenario)
      try sleepAndWake(
        scenario, fleet, at: ["batch.afterLock"], environment: ["TELLER_TEST_WITHOUT_DEDUP": "1"],
        isMixed: false)
      try scenario.awaitDecided()
      #expect(try fleet.stopAll() == [0, 0, 0], "\(fleet.tails)")
      #expect(try Verdict.flaws(of: scenario) == [])
      let applied = try scenario.books.number("select count(*) from ledger.entry") / 2
      let refused = try scenario.books.number("select count(*) from teller.refusal")
      #expect(try applied + refused == scenario.logEnds().reduce(0, +))
      let fallen = try scenario.books.number(
        """
        select count(*) from (
          select epoch < lag(epoch) over (partition by partition_id order by first_offset) as fell
            from teller.batch) b where fell
        """)
      #expect(fallen == 0)
    }

    /// A claim that was begun before the stop reaches the database after the successor's: it may win once, and then the
    /// rightful owner claims again.
    @Test(arguments: ["assign.beforeTakeover", "assign.afterTakeover"])
    func `may claim late, and nobody ends over it`(point: String) throws {
      let scenario = try Scenario(on: TestBroker(.embedded))
      let fleet = Fleet(scenario)
      try fleet.start(2)
      let load = try Load(scenario, rate: 400)
      let zombie = try fleet.start(environment: ["TELLER_PAUSE_AT": "\(point):1"])
      try Observation.wait(for: "the process stops itself", within: .seconds(60), every: .milliseconds(5)) {
        Observation.state(of: zombie.processIdentifier) == "T"
      }
      let others = fleet.workers.filter { $0 !== zombie }
      try Observation.wait(for: "the two others own everything", within: .seconds(40)) {
        try others.map { try fleet.partitions(of: $0).count }.reduce(0, +) == Int(scenario.partitions)
      }
      let before = try scenario.positions()
      try Observation.wait(for: "they decide in each partition", within: .seconds(20)) {
        try zip(scenario.positions(), before).allSatisfy { $0 > $1 }
      }
      let woken = zombie.lines.count
      zombie.signal(SIGCONT)
      try zombie.waitForLine(containing: "partitions assigned", within: .seconds(40), from: woken)
      try load.stop()
      try scenario.awaitDecided()
      #expect(try fleet.stopAll() == [0, 0, 0], "\(fleet.tails)")
      #expect(try Verdict(scenario).findings == [], "\(fleet.tails)")
    }

    /// Stops one process at each place, waits for their successors, and wakes them. Two others work on.
    @discardableResult
    private func sleepAndWake(
      _ scenario: Scenario, _ fleet: Fleet, at points: [String], environment: [String: String],
      isMixed: Bool = true
    ) throws -> [ChildProcess] {
      let zombies = try points.map { point in
        try fleet.start(environment: environment.merging(["TELLER_PAUSE_AT": "\(point):60"]) { $1 })
      }
      for _ in 0..<2 { try fleet.start(environment: environment) }
      try Observation.wait(for: "two partitions for each", within: .seconds(40)) {
        try fleet.workers.allSatisfy { try fleet.partitions(of: $0).count == 2 }
      }
      let load = try Load(scenario, rate: 400, isMixed: isMixed)
      try Observation.wait(for: "they stop themselves", within: .seconds(60), every: .milliseconds(5)) {
        zombies.allSatisfy { Observation.state(of: $0.processIdentifier) == "T" }
      }
      let stoppedAt = try scenario.books.number(Self.now)
      let own = try zombies.flatMap { try fleet.partitions(of: $0) }
      try Observation.wait(for: "successors in all of \(own)", within: .seconds(40)) {
        try zombies.allSatisfy { try fleet.partitions(of: $0).isEmpty }
      }
      let woken = zombies.map(\.lines.count)
      for zombie in zombies { zombie.signal(SIGCONT) }
      let stall = try longestStall(scenario, from: stoppedAt, others: own)
      #expect(stall < 3_000, "\(stall) ms without a commit in a partition of another owner")
      for (zombie, start) in zip(zombies, woken) {
        try zombie.waitForLine(containing: "partitions assigned", within: .seconds(40), from: start)
      }
      try load.stop()
      return zombies
    }

    private static let now = "select (extract(epoch from clock_timestamp()) * 1000)::int8"

    /// The longest time in which a partition of another owner decided nothing, in ms, from the stop until the session
    /// of the stopped process ended and the group stood still to divide the partitions anew.
    private func longestStall(_ scenario: Scenario, from start: Int64, others own: [Int32]) throws -> Int64 {
      let (seconds, attoseconds) = scenario.broker.sessionTimeout.components
      let session = seconds * 1_000 + attoseconds / 1_000_000_000_000_000 - 600
      let list = own.map(String.init).joined(separator: ",")
      return try scenario.books.number(
        """
        with decided as (
          select p.partition, (extract(epoch from b.decided_at) * 1000)::int8 as at
            from teller.batch b join teller.partition p on p.id = b.partition_id
           where p.partition not in (\(list))),
        marks as (
          select partition, at from decided where at between \(start) and \(start + session)
          union all select partition, \(start) from (select distinct partition from decided) d
          union all select partition, \(start + session) from (select distinct partition from decided) d)
        select coalesce(max(gap), 0)::int8
          from (select at - lag(at) over (partition by partition order by at) as gap from marks) g
        """)
    }
  }
}
