import Foundation
import KafkaClient
import TellerIntegrationKit
import Testing

@testable import TellerCLI

extension `Worker processes` {
  /// `teller partition resume` and `skip-to`, `teller restored`, and the alarm of the dead.
  @Suite struct `overruled by an operator` {
    /// Runs a command on the scenario's stream, as ann.
    private func teller(_ scenario: Scenario, _ words: String..., brokers: Bool = false) throws
      -> ChildProcess
    {
      let servers = brokers ? ["--brokers", scenario.broker.bootstrapServers] : []
      return try TellerProcess.run(
        words + ["--topic", scenario.topic, "--postgres", scenario.database] + servers,
        environment: ["TELLER_ACTOR": "ann@desk"])
    }

    private func skip(
      _ scenario: Scenario, _ partition: Int32, to offset: Int64, yes: Bool = true
    ) throws -> ChildProcess {
      try TellerProcess.run(
        [
          "partition", "skip-to", "--partition", "\(partition)", "--offset", "\(offset)",
          "--reason", "lost to retention", "--by", "ann@desk", "--topic", scenario.topic,
          "--brokers", scenario.broker.bootstrapServers, "--postgres", scenario.database,
        ] + (yes ? ["--yes"] : []))
    }

    private func actions(_ scenario: Scenario) throws -> [String] {
      try scenario.books.texts(
        """
        select concat_ws(' ', p.partition, action, first_offset, last_offset, done_by, a.reason)
          from teller.partition_action a join teller.partition p on p.id = a.partition_id order by a.id
        """)
    }

    private func audit(_ scenario: Scenario) throws -> ChildProcess {
      try teller(scenario, "audit")
    }

    private func awaitDecided(_ scenario: Scenario, _ fleet: Fleet) throws {
      do {
        try scenario.awaitDecided()
      } catch {
        throw ScenarioError("\(error): \(try scenario.positions()) \(try scenario.halts())\n\(fleet.tails)")
      }
    }

    private func awaitHalt(_ scenario: Scenario, containing words: String) throws {
      try Observation.wait(for: "a partition halted: \(words)", within: .seconds(30)) {
        try scenario.halts().contains { $0.contains(words) }
      }
    }

    // MARK: Skip

    /// Twice: at the very start of a partition, and behind records whose anchors left the log together with them.
    @Test(.enabled(if: RealKafka.isExpected))
    func `go on behind offsets that left the log, without a restart`() throws {
      let scenario = try Scenario(on: TestBroker(.real), partitions: 3)
      let fleet = Fleet(scenario)
      #expect(try fleet.drain(idle: 1) == [0], "\(fleet.tails)")
      try scenario.produce(scenario.settings(900))
      let admin = try TopicAdmin(scenario.broker.configuration())
      defer { admin.close() }
      try admin.deleteRecords(scenario.topic, before: [(partition: 2, offset: 20)])
      // One of the two may have nothing but the halted partition.
      for _ in 0..<2 { try fleet.start() }
      try awaitHalt(scenario, containing: "offsets 0 to 19 left the log")
      try refuses(scenario)
      let first = try skip(scenario, 2, to: 20)
      #expect(first.exitStatus == 0, "\(first.tail())")
      #expect(first.tail().contains("20 have left the log, 0 are still in it"), "\(first.tail())")
      try scenario.awaitDecided()
      try scenario.produce(scenario.settings(300, seed: 8))
      try scenario.awaitDecided()
      #expect(try fleet.stopAll() == [0, 0], "\(fleet.tails)")
      let verdict = try Verdict(scenario)
      #expect(verdict.findings == [])
      #expect(verdict.outcomes.gaps.count == 20)

      try scenario.produce(scenario.settings(900, seed: 9))
      let before = try scenario.positions()[2]
      try admin.deleteRecords(scenario.topic, before: [(partition: 2, offset: before + 5)])
      try fleet.start(1)
      try awaitHalt(scenario, containing: "offsets \(before) to \(before + 4) left the log")
      // Three of them are still there, and given up all the same.
      let second = try skip(scenario, 2, to: before + 8)
      #expect(second.exitStatus == 0 && second.tail().contains("3 are still in it"), "\(second.tail())")
      try awaitDecided(scenario, fleet)
      #expect(try fleet.stopAll() == [0], "\(fleet.tails)")
      #expect(
        try actions(scenario) == [
          "2 skip 0 19 ann@desk lost to retention",
          "2 skip \(before) \(before + 7) ann@desk lost to retention",
        ])
      let audit = try audit(scenario)
      #expect(audit.exitStatus == 0, "\(audit.tail())")
      let events = try PublishedEvents(of: scenario).findings(
        against: Outcomes(of: scenario, in: scenario.books),
        deadLetters: PublishedEvents.deadLetters(of: scenario))
      #expect(events == [])
    }

    /// Partition 2 is halted at 0 and its log begins at 20; the others are decided.
    private func refuses(_ scenario: Scenario) throws {
      let before = try scenario.positions()[2]
      let end = try scenario.logEnds()[2]
      for (partition, offset, isSure, words) in [
        (2, 20, false, "this would give up offsets 0 to 19"), (2, 19, true, "is not in the log"),
        (2, end + 1, true, "is not in the log"), (2, 0, true, "a skip only goes forward"),
        (0, 10_000, true, "is alive"), (7, 20, true, "there is no partition 7"),
      ] as [(Int32, Int64, Bool, String)] {
        var refused = try skip(scenario, partition, to: offset, yes: isSure)
        // A takeover clears the reason until the log is looked at again, and the group may still be balancing: what is
        // refused changed nothing, so it is asked again.
        if partition == 2, refused.tail().contains("is not halted") {
          try awaitHalt(scenario, containing: "left the log")
          refused = try skip(scenario, partition, to: offset, yes: isSure)
        }
        #expect(refused.exitStatus == 2 && refused.tail().contains(words), "\(refused.tail())")
      }
      #expect(try scenario.positions()[2] == before)
      #expect(try actions(scenario).isEmpty)
    }

    // MARK: Resume

    /// An error that nobody knows, from a statement of the engine.
    private func breakPartition(_ scenario: Scenario) throws {
      try scenario.books.execute(
        """
        create function teller.broken() returns trigger language plpgsql as $$ begin
          raise exception 'somebody broke it' using errcode = 'ZZ001';
        end $$;
        create trigger broken before insert on teller.batch for each row
          when (new.partition_id = 1) execute function teller.broken()
        """)
    }

    @Test func `go on with a halted partition once its cause is mended, without a restart`() throws {
      let scenario = try Scenario(on: TestBroker(.embedded), partitions: 3)
      let fleet = Fleet(scenario)
      try fleet.start(2)
      let early = try teller(scenario, "partition", "resume", "--partition", "0", "--reason", "too early")
      #expect(early.exitStatus == 2 && early.tail().contains("is not halted"), "\(early.tail())")
      try breakPartition(scenario)
      try scenario.produce(scenario.settings(300))
      try awaitHalt(scenario, containing: "somebody broke it")
      let status = try teller(scenario, "status", brokers: true)
      #expect(status.exitStatus == 1 && status.tail(40).contains("HALTED"), "\(status.tail(40))")
      // With the cause in place it halts again, and the others never notice.
      let inVain = try teller(scenario, "partition", "resume", "--partition", "0", "--reason", "in vain")
      #expect(inVain.exitStatus == 0 && inVain.tail().contains("somebody broke it"), "\(inVain.tail())")
      try Observation.wait(for: "a second halt", within: .seconds(20)) {
        fleet.workers.flatMap(\.lines).filter { $0.text.contains("partition halted") }.count == 2
      }
      try awaitHalt(scenario, containing: "somebody broke it")
      try scenario.books.execute("drop trigger broken on teller.batch")
      let told = try teller(scenario, "status").tail(40)
      #expect(
        told.contains("partition 0 was resumed at offset 0 by ann@desk") && told.contains("in vain"),
        "\(told)")
      let mended = try teller(scenario, "partition", "resume", "--partition", "0", "--reason", "mended")
      #expect(mended.exitStatus == 0 && mended.tail().contains("claims it anew"), "\(mended.tail())")
      try scenario.awaitDecided()
      #expect(try fleet.stopAll() == [0, 0], "\(fleet.tails)")
      #expect(try actions(scenario) == ["0 resume 0 ann@desk in vain", "0 resume 0 ann@desk mended"])
      #expect(try Verdict(scenario).findings == [])
    }

    // MARK: The dead

    /// The standing choice of Python, .NET and Go clients, on a stream adopted as murmur2.
    @Test func `halt before most of a partition dies, or say so and let it die`() throws {
      let scenario = try Scenario(on: TestBroker(.embedded), partitions: 3)
      let fleet = Fleet(scenario)
      #expect(try fleet.drain(idle: 1) == [0], "\(fleet.tails)")
      let sender = try Sender(scenario, properties: ["partitioner": "consistent_random"])
      for request in TransferGenerator(scenario.settings(6_000, isMixed: false)) { try sender.send(request) }
      try sender.flush()
      let careful = try fleet.start(["--until-idle", "2", "--dead-alarm", "halt"])
      #expect(try careful.waitForExit(within: .seconds(60)) == 1, "\(careful.tail())")
      let halts = try scenario.halts()
      #expect(
        !halts.isEmpty && halts.allSatisfy { $0.contains("more than half of the last 1000 records are dead") }
      )
      #expect(
        halts.allSatisfy { $0.contains("misrouted") && $0.contains("of which none is decided") }, "\(halts)")
      // What stands is what stood before the batch that would have crossed the bound.
      let dead = try scenario.books.number(
        """
        select coalesce(max(dead), 0)::int8 from (
          select count(*) as dead from teller.dead_letter l join teller.owner o using (partition_id)
           where o.halted_reason is not null group by partition_id) d
        """)
      #expect(dead <= 500)
      let status = try teller(scenario, "status", brokers: true)
      #expect(status.exitStatus == 1, "\(status.tail())")
      #expect(try Verdict(scenario, isComplete: false).findings == [])

      let bold = try fleet.start(["--until-idle", "2"])
      #expect(try bold.waitForExit(within: .seconds(60)) == 0, "\(bold.tail())")
      let lines = bold.lines.filter {
        $0.text.contains("more than half of the partition's last records are dead")
      }
      #expect(
        lines.count == halts.count && lines.allSatisfy { $0.text.contains("misrouted") }, "\(bold.tail())")
      #expect(try Verdict(scenario).findings == [])
      #expect(try scenario.books.number("select count(*) from teller.outcome where outcome = 'dead'") > 3_000)
      #expect(try scenario.decided() == 6_000)
    }

    // MARK: The history

    @Test func `bear a higher history from a restore on`() throws {
      let scenario = try Scenario(on: TestBroker(.embedded), partitions: 3)
      let fleet = Fleet(scenario)
      try scenario.produce(scenario.settings(200))
      try fleet.start(1)
      try scenario.awaitDecided()
      let before = try scenario.positions()
      let restored = try TellerProcess.run(
        ["restored", "--reason", "a snapshot", "--by", "ann@desk", "--postgres", scenario.database])
      #expect(restored.exitStatus == 0, "\(restored.tail())")
      #expect(restored.tail().contains("history raised from 1 to 2"), "\(restored.tail())")
      try fleet.workers[0].waitForLine(containing: "history raised", within: .seconds(15))
      #expect(fleet.tails.contains("restored, says ann@desk: a snapshot"), "\(fleet.tails)")
      try scenario.produce(scenario.settings(200, seed: 8))
      try scenario.awaitDecided()
      #expect(try fleet.stopAll() == [0], "\(fleet.tails)")
      #expect(try Verdict(scenario).findings == [])
      let events = try PublishedEvents(of: scenario).seen
      #expect(events.count == 3)
      for (partition, list) in events {
        let bound = before[Int(partition)]
        let wrong = list.filter { $0.rank[0] != ((($0.number("origin-offset") ?? -1) < bound) ? 1 : 2) }
        #expect(wrong.isEmpty && list.contains { $0.rank[0] == 2 }, "\(wrong.map(\.rank))")
      }
    }
  }
}
