import Foundation
import TellerIntegrationKit
import Testing

extension `Worker processes` {
  @Suite struct `that come and go under load` {
    /// One leaves in order, one is killed, one comes, again and again.
    @Test(arguments: BrokerKind.here)
    func `decide everything once`(kind: BrokerKind) throws {
      let scenario = try Scenario(on: TestBroker(kind))
      let fleet = Fleet(scenario)
      try fleet.start(2)
      let load = try Load(scenario, rate: 500)
      for round in 0..<4 {
        try fleet.start(1)
        let leaving = try #require(fleet.running.first)
        if round == 2 { leaving.kill() } else { leaving.signal(SIGTERM) }
        Observation.pause(.milliseconds(1500))
        let status = try leaving.waitForExit(within: .seconds(20))
        #expect(status == (round == 2 ? -SIGKILL : 0), "\(leaving.tail())")
      }
      try load.stop()
      try scenario.awaitDecided()
      #expect(try fleet.stopAll() == [0, 0], "\(fleet.tails)")
      #expect(try Verdict(scenario).findings == [], "\(fleet.tails)")
    }

    @Test(arguments: BrokerKind.here)
    func `hand their partitions over at SIGTERM and end well`(kind: BrokerKind) throws {
      let scenario = try Scenario(on: TestBroker(kind))
      let fleet = Fleet(scenario)
      try fleet.start(2)
      let load = try Load(scenario, rate: 800)
      let leaving = fleet.workers[0]
      try Observation.wait(for: "both own partitions", within: .seconds(30)) {
        try !fleet.partitions(of: leaving).isEmpty && !fleet.partitions(of: fleet.workers[1]).isEmpty
      }
      leaving.signal(SIGTERM)
      #expect(try leaving.waitForExit(within: .seconds(20)) == 0, "\(leaving.tail())")
      try Observation.wait(for: "the other one owns everything", within: .seconds(20)) {
        try fleet.partitions(of: fleet.workers[1]).count == scenario.partitions
      }
      try load.stop()
      try scenario.awaitDecided()
      #expect(try fleet.stopAll() == [0])
      #expect(try Verdict(scenario).findings == [])
    }

    /// The drain is held up by a stranger's lock; who cannot wait says so twice.
    @Test func `end at once at the second SIGTERM`() throws {
      let scenario = try Scenario(on: TestBroker(.embedded))
      let fleet = Fleet(scenario)
      try fleet.start(1)
      let stranger = try Stranger(scenario)
      defer { stranger.leave() }
      try scenario.produce(scenario.settings(1_000))
      try Observation.wait(for: "the worker waits for a lock", within: .seconds(20)) {
        try scenario.books.number(
          """
          select count(*) from pg_stat_activity where application_name like 'teller %' and wait_event_type = 'Lock'
             and datname = current_database()
          """) > 0
      }
      let worker = fleet.workers[0]
      worker.signal(SIGTERM)
      #expect(throws: IntegrationError.self) { try worker.waitForExit(within: .seconds(1)) }
      worker.signal(SIGTERM)
      #expect(try worker.waitForExit(within: .seconds(1)) == 128 + SIGTERM)
      stranger.leave()
      #expect(try fleet.drain() == [0])
      #expect(try Verdict(scenario).findings == [])
    }

    /// Two processes with one static identity: the broker lets the later one in and the former one knows.
    @Test(.enabled(if: RealKafka.isExpected))
    func `end with 4 when another process takes their static identity`() throws {
      let scenario = try Scenario(on: TestBroker(.real))
      let fleet = Fleet(scenario)
      let identity = ["group.instance.id": "till-1"]
      let former = try fleet.start(properties: identity)
      try former.waitForLine(containing: "partitions assigned", within: .seconds(30))
      let load = try Load(scenario, rate: 500)
      let later = try fleet.start(properties: identity)
      try later.waitForLine(containing: "partitions assigned", within: .seconds(30))
      // The former one hears of it with its next heartbeat, half a second later at most.
      #expect(try former.waitForExit(within: .milliseconds(5500)) == 4, "\(former.tail())")
      try load.stop()
      try scenario.awaitDecided()
      #expect(try fleet.stopAll() == [0], "\(fleet.tails)")
      #expect(try Verdict(scenario).findings == [])
    }
  }
}
