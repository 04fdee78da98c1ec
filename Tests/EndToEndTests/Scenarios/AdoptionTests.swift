import Foundation
import KafkaClient
import TellerIntegrationKit
import Testing

@testable import TellerCLI

extension `Worker processes` {
  /// `teller stream adopt` and `show`, with producers of other languages and topics made anew.
  @Suite struct `on a stream that a person adopts` {
    private func adopt(
      _ scenario: Scenario, _ from: String, _ extra: String..., brokers: String? = nil
    ) throws -> ChildProcess {
      let child = try TellerProcess.run(
        [
          "stream", "adopt", "--topic", scenario.topic, "--from", from, "--group", scenario.group,
          "--brokers", brokers ?? scenario.broker.bootstrapServers, "--postgres", scenario.database,
        ] + extra)
      return child
    }

    private func audit(_ scenario: Scenario) throws -> ChildProcess {
      try TellerProcess.run(["audit", "--postgres", scenario.database, "--topic", scenario.topic])
    }

    private func show(_ scenario: Scenario) throws -> [[String: Any]] {
      let child = try TellerProcess.run(
        ["stream", "show", "--topic", scenario.topic, "--postgres", scenario.database, "--json"])
      #expect(child.exitStatus == 0, "\(child.tail())")
      let text = child.standardOutput.joined()
      let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
      return try #require(object?["incarnations"] as? [[String: Any]])
    }

    private func incarnations(_ scenario: Scenario) throws -> Int64 {
      try scenario.books.number("select count(*) from teller.incarnation")
    }

    @Test(.enabled(if: RealKafka.isExpected), arguments: ForeignProducer.here)
    func `find the partitioner that placed the records`(producer: ForeignProducer) throws {
      let scenario = try Scenario(on: TestBroker(.real))
      try producer.send(scenario.settings(400, isMixed: false), to: scenario)
      for declared in ["murmur2", "crc32"] {
        let look = try adopt(scenario, "earliest", "--partitioner", declared, "--dry-run")
        if declared == producer.partitioner {
          #expect(look.exitStatus == 0, "\(look.tail())")
        } else {
          #expect(look.exitStatus == 2, "\(look.tail())")
          #expect(look.tail().contains("--partitioner \(producer.partitioner)"), "\(look.tail())")
        }
      }
      #expect(try incarnations(scenario) == 0)
    }

    /// A company whose services are written in Python: nothing of it may become a dead letter.
    @Test(.enabled(if: RealKafka.isExpected && ForeignProducer.hasKcat))
    func `decide a stream of CRC32 producers from end to end`() throws {
      let scenario = try Scenario(on: TestBroker(.real))
      try ForeignProducer.kcat.send(scenario.settings(2_000, isMixed: false), to: scenario)
      // The first worker takes murmur2 unless it is told, and looks before it takes anything.
      let fleet = Fleet(scenario)
      let wrong = try fleet.start(["--until-idle", "1"])
      #expect(try wrong.waitForExit(within: .seconds(20)) == 2)
      #expect(wrong.tail().contains("--partitioner crc32"), "\(wrong.tail())")
      #expect(try incarnations(scenario) == 0)
      let adoption = try adopt(scenario, "earliest", "--partitioner", "crc32")
      #expect(adoption.exitStatus == 0, "\(adoption.tail())")
      #expect(try fleet.drain(2, idle: 1) == [0, 0], "\(fleet.tails)")
      #expect(try scenario.books.number("select count(*) from teller.dead_letter") == 0)
      #expect(try scenario.decided() == 2_000)
      #expect(try Verdict.flaws(of: scenario) == [])
      let audit = try audit(scenario)
      #expect(audit.exitStatus == 0, "\(audit.tail())")
      // What is recorded holds, whatever a later worker says.
      let other = try fleet.start(["--until-idle", "1", "--partitioner", "murmur2"])
      #expect(try other.waitForExit(within: .seconds(20)) == 2, "\(other.tail())")
    }

    /// Longer than before, under a live worker; half of it are the old records once more.
    @Test(.enabled(if: RealKafka.isExpected))
    func `halt on a recreated topic, and go on with it once it is adopted`() throws {
      let scenario = try Scenario(on: TestBroker(.real))
      let old = scenario.settings(600, isMixed: false)
      try scenario.produce(old)
      let fleet = Fleet(scenario)
      try fleet.start(1)
      try scenario.awaitDecided()
      let same = try adopt(scenario, "earliest")
      #expect(same.exitStatus == 2 && same.tail().contains("it is the same log"), "\(same.tail())")
      try recreate(scenario)
      try scenario.produce(old)
      try scenario.produce(scenario.settings(900, seed: 99, isMixed: false))
      try Observation.wait(for: "all partitions halted", within: .seconds(35)) {
        try scenario.halts().count == Int(scenario.partitions)
      }
      #expect(try fleet.stopAll() == [1], "\(fleet.tails)")
      #expect(fleet.tails.contains("teller stream adopt"), "\(fleet.tails)")

      let adoption = try adopt(scenario, "earliest")
      #expect(adoption.exitStatus == 0, "\(adoption.tail(40))")
      #expect(adoption.tail(40).contains("incarnation 1 is closed"), "\(adoption.tail(40))")
      #expect(try fleet.drain(idle: 1) == [0], "\(fleet.tails)")
      let decided = try scenario.books.number(
        """
        select sum(next_offset - start_offset)::int8 from teller.partition_owner
         where topic = '\(scenario.topic)' and incarnation = 2
        """)
      #expect(decided == 1_500)
      let repeats = try scenario.books.number(
        "select count(*) from teller.outcome where incarnation = 2 and outcome = 'duplicate' and first_incarnation = 1"
      )
      #expect(repeats >= 600)
      let audit = try audit(scenario)
      #expect(audit.exitStatus == 0, "\(audit.tail())")
      let shown = try show(scenario)
      #expect(shown.map { $0["open"] as? Bool } == [false, true])
      #expect(shown.allSatisfy { $0["started_from"] as? String == "earliest" && $0["adopted_by"] is String })
    }

    private func recreate(_ scenario: Scenario) throws {
      let admin = try TopicAdmin(scenario.broker.configuration())
      defer { admin.close() }
      try admin.deleteTopic(scenario.topic)
      try Observation.wait(for: "the topic made anew", within: .seconds(20)) {
        try admin.createTopic(scenario.topic, partitions: scenario.partitions, replicas: 1)
        return true
      }
      try Observation.wait(for: "its leaders", within: .seconds(20)) {
        try scenario.logEnds().allSatisfy { $0 == 0 }
      }
    }

    @Test func `begin where another group has stopped, and nowhere by guess`() throws {
      let scenario = try Scenario(on: TestBroker(.embedded), partitions: 3)
      try scenario.produce(scenario.settings(600, isMixed: false))
      let ends = try scenario.logEnds()
      let member = try Consumer(scenario.broker.configuration(["group.id": "payments-service"]))
      defer { _ = member.close(within: .seconds(5)) }
      try member.commit(
        [(partition: 0, offset: ends[0] - 5), (partition: 2, offset: 10)], topic: scenario.topic)
      let missing = try adopt(scenario, "group:payments-service")
      #expect(missing.exitStatus == 2, "\(missing.tail())")
      #expect(missing.tail().contains("nothing for partition 1 of"), "\(missing.tail())")
      try member.commit([(partition: 1, offset: 0)], topic: scenario.topic)
      let look = try adopt(scenario, "group:payments-service", "--dry-run")
      #expect(look.tail().contains("could not be asked"), "\(look.tail())")
      #expect(look.exitStatus == 0 && look.tail().contains("would be adopted"), "\(look.tail())")
      #expect(try incarnations(scenario) == 0)
      let adoption = try adopt(scenario, "group:payments-service")
      #expect(adoption.tail().contains("left out: \(ends[0] + 5) offsets"), "\(adoption.tail())")
      let fleet = Fleet(scenario)
      #expect(try fleet.drain(idle: 1) == [0], "\(fleet.tails)")
      #expect(try scenario.books.number("select count(*) from teller.outcome") == ends[1] + ends[2] - 5)
      #expect(try scenario.positions() == ends)
      let audit = try audit(scenario)
      #expect(audit.exitStatus == 0, "\(audit.tail())")
      #expect(try show(scenario)[0]["started_from"] as? String == "group:payments-service")
    }

    /// Two services that handle the same payments: the worst way to begin.
    @Test(.enabled(if: RealKafka.isExpected))
    func `do not take over from a group that still works`() throws {
      let scenario = try Scenario(on: TestBroker(.real), partitions: 2)
      try scenario.produce(scenario.settings(100, isMixed: false))
      let member = try Consumer(
        scenario.broker.configuration([
          "group.id": "payments-\(scenario.topic)", "session.timeout.ms": "6000",
        ]))
      try member.subscribe(to: scenario.topic)
      let ends = try scenario.logEnds()
      try Observation.wait(for: "an assignment", within: .seconds(20)) {
        guard case .assigned(let partitions)? = member.poll(timeout: .milliseconds(50)) else { return false }
        try member.assign(partitions.map { (partition: $0, offset: ends[Int($0)]) }, topic: scenario.topic)
        return true
      }
      try member.commit(ends.enumerated().map { (Int32($0.offset), $0.element) }, topic: scenario.topic)
      let live = try adopt(scenario, "group:payments-\(scenario.topic)")
      #expect(live.exitStatus == 2 && live.tail().contains("with one member"), "\(live.tail())")
      let look = try adopt(scenario, "group:payments-\(scenario.topic)", "--dry-run")
      #expect(look.exitStatus == 0 && look.tail().contains("stop them"), "\(look.tail())")
      #expect(try incarnations(scenario) == 0)
      #expect(member.close(within: .seconds(10)))
      let gone = try adopt(scenario, "group:payments-\(scenario.topic)")
      #expect(gone.exitStatus == 0, "\(gone.tail())")
      #expect(try scenario.positions() == ends)
    }

    @Test func `are refused what would repeat or skip history, and another cluster without a word`() throws {
      let scenario = try Scenario(on: TestBroker(.embedded), partitions: 2)
      try scenario.produce(scenario.settings(300, isMixed: false))
      let file = NSTemporaryDirectory() + "/\(scenario.topic)-offsets"
      defer { try? FileManager.default.removeItem(atPath: file) }
      func write(_ text: String) throws { try text.write(toFile: file, atomically: true, encoding: .utf8) }
      for (text, words) in [
        ("0 5\n", "no offset is given for partition 1"), ("0 5\n1 100000\n", "the log goes from 0"),
        ("0 5\n0 6\n", "named twice"),
      ] {
        try write(text)
        let refused = try adopt(scenario, "offsets:\(file)")
        #expect(refused.exitStatus == 2 && refused.tail().contains(words), "\(refused.tail())")
      }
      #expect(try incarnations(scenario) == 0)
      try write("0 5\n1 7\n")
      let adoption = try adopt(scenario, "offsets:\(file)")
      #expect(adoption.exitStatus == 0, "\(adoption.tail())")
      #expect(try scenario.positions() == [5, 7])
      // The record before each start tells, though nothing is decided yet.
      let again = try adopt(scenario, "end")
      #expect(again.exitStatus == 2 && again.tail().contains("it is the same log"), "\(again.tail())")

      let stranger = try MockCluster()
      try stranger.createTopic(scenario.topic, partitions: 4)
      let moved = try adopt(scenario, "earliest", brokers: stranger.bootstrapServers)
      #expect(moved.exitStatus == 2 && moved.tail().contains("--other-cluster"), "\(moved.tail())")
      let allowed = try adopt(scenario, "earliest", "--other-cluster", brokers: stranger.bootstrapServers)
      #expect(allowed.exitStatus == 0, "\(allowed.tail())")
      let fleet = Fleet(scenario)
      let late = try fleet.start(["--until-idle", "1"])
      #expect(try late.waitForExit(within: .seconds(20)) == 2, "\(late.tail())")
      #expect(try show(scenario).map { ($0["partition_count"] as? Int) ?? 0 } == [2, 4])
    }
  }
}
