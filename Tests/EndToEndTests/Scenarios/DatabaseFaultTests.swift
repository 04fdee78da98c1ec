import Foundation
import TellerIntegrationKit
import Testing

extension `Worker processes` {
  @Suite struct `with a failing database` {
    @Test(arguments: BrokerKind.here)
    func `go on by themselves when it is restarted, in order or not`(kind: BrokerKind) throws {
      let postgres = try TemporaryPostgres()
      defer { postgres.remove() }
      let scenario = try Scenario(on: TestBroker(kind), postgres: postgres)
      let fleet = Fleet(scenario)
      try fleet.start(2)
      let load = try Load(scenario, rate: 500)
      for mode in [TemporaryPostgres.StopMode.fast, .immediate, .fast] {
        let before = try scenario.decided()
        try Observation.wait(for: "work before the restart", within: .seconds(30)) {
          try scenario.decided() > before + 200
        }
        try postgres.restart(mode: mode)
      }
      try load.stop()
      try scenario.awaitDecided()
      #expect(try fleet.stopAll() == [0, 0], "\(fleet.tails)")
      // Nobody left the group over it.
      for worker in fleet.workers {
        #expect(
          !worker.lines.contains { $0.text.contains("partitions revoked") && $0.text.contains("lost=true") })
      }
      #expect(try Verdict(scenario).findings == [], "\(fleet.tails)")
    }

    /// The answer to COMMIT is lost: whether it happened or not, it is found out and done once.
    @Test func `find out what became of a lost COMMIT`() throws {
      let postgres = try TemporaryPostgres()
      defer { postgres.remove() }
      let proxy = try PostgresProxy(to: postgres)
      defer { proxy.close() }
      let scenario = try Scenario(on: TestBroker(.embedded), postgres: postgres, proxy: proxy)
      let fleet = Fleet(scenario)
      try fleet.start(2)
      let load = try Load(scenario, rate: 500)
      for fault in [
        PostgresProxy.CommitFault.cutBeforeForwarding, .cutBeforeReply, .cutAndHold, .cutBeforeReply,
      ] {
        let before = try scenario.decided()
        try Observation.wait(for: "work before \(fault)", within: .seconds(30)) {
          try scenario.decided() > before + 200
        }
        proxy.onNextCommit(fault)
        #expect(proxy.waitForCommitFault(within: 20), "\(fault)")
        if fault == .cutAndHold {
          // Long enough for the worker to come back and ask while the old session still holds the row.
          Observation.pause(.milliseconds(1_000))
          #expect(proxy.forwardHeldCommit())
        }
      }
      try load.stop()
      try scenario.awaitDecided()
      #expect(try fleet.stopAll() == [0, 0], "\(fleet.tails)")
      #expect(try Verdict(scenario).findings == [], "\(fleet.tails)")
    }

    /// A frozen server answers nothing and keeps its connections.
    @Test func `survive a server whose answers stop for a while`() throws {
      let postgres = try TemporaryPostgres()
      defer { postgres.remove() }
      let proxy = try PostgresProxy(to: postgres)
      defer { proxy.close() }
      let scenario = try Scenario(on: TestBroker(.embedded), postgres: postgres, proxy: proxy)
      let fleet = Fleet(scenario)
      try fleet.start(2)
      let load = try Load(scenario, rate: 500)
      try Observation.wait(for: "work", within: .seconds(30)) { try scenario.decided() > 500 }
      proxy.holdReplies(true)
      Observation.pause(.seconds(4))
      proxy.holdReplies(false)
      try load.stop()
      try scenario.awaitDecided()
      #expect(try fleet.stopAll() == [0, 0], "\(fleet.tails)")
      #expect(try Verdict(scenario).findings == [], "\(fleet.tails)")
    }
  }
}
