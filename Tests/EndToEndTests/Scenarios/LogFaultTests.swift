import Foundation
import KafkaClient
import TellerIntegrationKit
import Testing

@testable import TellerCLI

extension `Worker processes` {
  @Suite struct `with a changing log` {
    /// Markers and aborted records are holes: confirmed, recorded, and no lag.
    @Test(.enabled(if: RealKafka.isExpected))
    func `decide committed transactions and record the holes`() throws {
      let scenario = try Scenario(on: TestBroker(.real))
      let producer = try Producer(
        scenario.broker.configuration(["transactional.id": scenario.topic]), onReport: { _ in })
      try producer.initTransactions(timeout: .seconds(30))
      var generator = TransferGenerator(scenario.settings(600, isMixed: false))
      for transaction in 0..<60 {
        try producer.beginTransaction()
        for request in (0..<10).compactMap({ _ in generator.next() }) {
          try producer.produce(topic: scenario.topic, key: request.key, value: request.value)
        }
        if transaction % 3 == 2 {
          #expect(producer.flush(timeout: .seconds(30)))
          try producer.abortTransaction(timeout: .seconds(30))
        } else {
          try producer.commitTransaction(timeout: .seconds(30))
        }
      }
      producer.close(within: .seconds(5))
      let fleet = Fleet(scenario)
      #expect(try fleet.drain(2) == [0, 0], "\(fleet.tails)")
      let verdict = try Verdict(scenario)
      #expect(verdict.findings == [])
      #expect(verdict.log.records.count == 400)
      #expect(verdict.outcomes.rows.count == 400)
      #expect(verdict.outcomes.gaps.count > 200)
      #expect(try scenario.positions() == scenario.logEnds())
    }

    /// librdkafka resumes silently on the longer log of a topic of the same name.
    @Test(.enabled(if: RealKafka.isExpected))
    func `halt on a topic that was recreated under them, longer than before`() throws {
      let scenario = try Scenario(on: TestBroker(.real))
      try scenario.produce(scenario.settings(600))
      let fleet = Fleet(scenario)
      try fleet.start(1)
      try scenario.awaitDecided()
      let before = try scenario.positions()
      let admin = try TopicAdmin(scenario.broker.configuration())
      defer { admin.close() }
      try admin.deleteTopic(scenario.topic)
      try Observation.wait(for: "the topic made anew", within: .seconds(20)) {
        try admin.createTopic(scenario.topic, partitions: scenario.partitions, replicas: 1)
        return true
      }
      try Observation.wait(for: "the topic filled anew", within: .seconds(20)) {
        try scenario.produce(scenario.settings(3_000, seed: 99))
        return true
      }
      do {
        try Observation.wait(for: "all partitions halted", within: .seconds(35)) {
          try scenario.halts().count == Int(scenario.partitions)
        }
      } catch {
        Issue.record(
          "\(error); halted: \(try scenario.halts()); from \(before) to \(try scenario.positions())\n\(fleet.tails)"
        )
      }
      // Deleted and made anew between two looks of the client, it may have been read for a moment; what is appended now
      // is not even looked at.
      let halted = try scenario.positions()
      try scenario.produce(scenario.settings(500, seed: 100))
      Observation.pause(.seconds(2))
      #expect(try scenario.positions() == halted)
      #expect(try fleet.stopAll() == [1], "\(fleet.tails)")
      #expect(try Verdict.flaws(of: scenario) == [])
    }

    /// Producers see the new partitions first; nothing may be called misrouted by the old count.
    @Test(.enabled(if: RealKafka.isExpected))
    func `halt on a topic that grew under them, and call nothing misrouted`() throws {
      let scenario = try Scenario(on: TestBroker(.real))
      let fleet = Fleet(scenario)
      let worker = try fleet.start(["--until-idle", "3"])
      let load = try Load(scenario, rate: 400, isMixed: false)
      try Observation.wait(for: "work", within: .seconds(30)) { try scenario.decided() > 400 }
      let admin = try TopicAdmin(scenario.broker.configuration())
      defer { admin.close() }
      try admin.createPartitions(scenario.topic, total: 10)
      try worker.waitForLine(containing: "stream halted", within: .seconds(15))
      Observation.pause(.seconds(1))
      try load.stop()
      #expect(try worker.waitForExit(within: .seconds(30)) == 1, "\(worker.tail())")
      #expect(try scenario.books.number("select count(*) from teller.dead_letter") == 0)
      #expect(try scenario.halts().count == 6)
      #expect(try Verdict.flaws(of: scenario) == [])
    }

    /// All brokers down for a while, several times: nobody leaves, nothing is lost.
    @Test func `outlive a broker that goes down and comes back`() throws {
      let scenario = try Scenario(on: TestBroker(.embedded))
      let fleet = Fleet(scenario)
      try fleet.start(2)
      let mock = try #require(scenario.broker.mock)
      let load = try Load(scenario, rate: 400)
      for seconds in [2, 6] {
        let before = try scenario.decided()
        try Observation.wait(for: "work before the outage", within: .seconds(40)) {
          try scenario.decided() > before + 100
        }
        try mock.setBrokerDown(1)
        Observation.pause(.seconds(seconds))
        try mock.setBrokerUp(1)
      }
      try load.stop()
      try scenario.awaitDecided()
      #expect(try fleet.stopAll() == [0, 0], "\(fleet.tails)")
      #expect(try Verdict(scenario).findings == [], "\(fleet.tails)")
    }

    /// A broker of its own, killed and started again on its log.
    @Test(.enabled(if: RealKafka.isExpected))
    func `outlive a broker that is killed and started again`() throws {
      let scenario = try Scenario(on: TestBroker(RealKafka()))
      let fleet = Fleet(scenario)
      try fleet.start(2)
      let load = try Load(scenario, rate: 400)
      try Observation.wait(for: "work before the kill", within: .seconds(30)) { try scenario.decided() > 300 }
      scenario.broker.kafka?.kill()
      try scenario.broker.kafka?.restart()
      try load.stop()
      try scenario.awaitDecided()
      #expect(try fleet.stopAll() == [0, 0], "\(fleet.tails)")
      #expect(try Verdict(scenario).findings == [], "\(fleet.tails)")
    }

    #if !DEBUG
      /// A debug build's own allocations would be measured, not the read-ahead.
      @Test func `read ahead no further than their budget`() throws {
        let scenario = try Scenario(on: TestBroker(.embedded), partitions: 16)
        try scenario.produce(scenario.settings(200_000))
        let fleet = Fleet(scenario)
        let worker = try fleet.start(["--until-idle", "1"])
        var highest = 0
        try Observation.wait(for: "the end", within: .seconds(120)) {
          highest = max(highest, Observation.residentMebibytes(of: worker.processIdentifier) ?? 0)
          return worker.exitStatus == 0
        }
        #expect(highest < 150, "\(highest) MiB")
      }
    #endif
  }
}
