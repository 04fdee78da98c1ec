import Dispatch
import KafkaClient
import Teller
import TellerIntegrationKit
import Testing

extension `Worker processes` {
  /// Applying goes on, the status says what is wrong, and all is published once that is mended.
  @Suite struct `whose events find no topic` {
    private func finish(_ scenario: Scenario, _ fleet: Fleet) throws {
      try scenario.awaitPublished()
      try Observation.wait(for: "a status without a trouble", within: .seconds(10)) {
        try !scenario.status().contains("not published")
      }
      #expect(try fleet.stopAll() == [0], "\(fleet.tails)")
      let findings = try Verdict(scenario).findings
      let bounds = try bounds(scenario)
      #expect(findings == [], "\(bounds)\n\(fleet.tails)")
    }

    /// Where the output topics begin and end: whether something is missing in them, or was never sent.
    private func bounds(_ scenario: Scenario) throws -> [String] {
      let reader = try Consumer(scenario.broker.configuration())
      defer { _ = reader.close(within: .seconds(5)) }
      return try OutputTopic.allCases.flatMap { output in
        try (0..<scenario.partitions).map { partition in
          let bounds = try reader.watermarks(
            topic: output.name(beside: scenario.topic), partition: partition, timeout: .seconds(10))
          return "\(output) \(partition): \(bounds.low)..<\(bounds.high)"
        }
      }
    }

    private func awaitStatus(_ scenario: Scenario, _ words: String, within limit: Duration = .seconds(20))
      throws
    {
      var status = ""
      do {
        try Observation.wait(for: "\(words) in the status", within: limit, every: .milliseconds(200)) {
          status = try scenario.status()
          return status.contains(words)
        }
      } catch {
        throw ScenarioError("\(error); instead:\n\(status)")
      }
    }

    @Test func `apply on where it is missing, and say so in the end`() throws {
      let scenario = try Scenario(on: TestBroker(.embedded), hasOutputs: false)
      try scenario.produce(scenario.settings(1_000))
      let fleet = Fleet(scenario)
      let first = try fleet.start(["--until-idle", "1"], environment: ["TELLER_TEST_PUBLISH_LIMIT": "1"])
      #expect(try first.waitForExit(within: .seconds(30)) == 1)
      #expect(first.tail().contains("are not published"), "\(first.tail())")
      #expect(try scenario.positions() == scenario.logEnds())
      #expect(try scenario.published().allSatisfy { $0 == 0 })
      try fleet.start(1)
      try scenario.produce(scenario.settings(1_000, seed: 8))
      try scenario.awaitDecided()
      for output in OutputTopic.allCases {
        try awaitStatus(scenario, "the topic \(output.name(beside: scenario.topic)) is missing")
      }
      for output in OutputTopic.allCases {
        try scenario.broker.createTopic(output.name(beside: scenario.topic), partitions: scenario.partitions)
      }
      try finish(scenario, fleet)
    }

    @Test(.enabled(if: RealKafka.isExpected))
    func `apply on where it has too few partitions`() throws {
      let scenario = try Scenario(on: TestBroker(.real))
      let outcomes = OutputTopic.outcomes.name(beside: scenario.topic)
      try scenario.broker.createTopic(outcomes, partitions: 3)
      try scenario.produce(scenario.settings(1_000))
      let fleet = Fleet(scenario)
      try fleet.start(1)
      try scenario.awaitDecided()
      try awaitStatus(scenario, "\(outcomes) has 3 partitions, and needs 6")
      let admin = try TopicAdmin(scenario.broker.configuration())
      defer { admin.close() }
      try admin.createPartitions(outcomes, total: 6)
      try finish(scenario, fleet)
    }

    /// Fewer replicas in step than the topic asks for: the producer tries for ever and reports nothing. By the embedded
    /// broker's word: a real one alone never lacks more replicas than the topic has.
    @Test(arguments: [KafkaError.Code.notEnoughReplicas, KafkaError.Code.storageError])
    func `apply on where it takes nothing`(code: Int32) throws {
      let scenario = try Scenario(on: TestBroker(.embedded))
      let mock = try #require(scenario.broker.mock)
      try scenario.produce(scenario.settings(2_000))
      mock.pushErrors(apiKey: .produce, codes: Array(repeating: code, count: 100_000))
      let fleet = Fleet(scenario)
      try fleet.start(1)
      try scenario.awaitDecided()
      try awaitStatus(scenario, "does not acknowledge")
      #expect(try scenario.published().allSatisfy { $0 == 0 })
      mock.clearErrors(apiKey: .produce)
      try finish(scenario, fleet)
    }

    /// Dead letters too: where only they are refused, outcomes that come through must not hide it.
    @Test(.enabled(if: RealKafka.isExpected))
    func `apply on where it is forbidden`() throws {
      let kafka = try RealKafka(properties: [
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "allow.everyone.if.no.acl.found": "true",
      ])
      for output in OutputTopic.allCases {
        let scenario = try Scenario(on: TestBroker(kafka))
        try scenario.createOutputs()
        let name = output.name(beside: scenario.topic)
        try kafka.run(
          "kafka-acls.sh",
          [
            "--add", "--allow-principal", "User:*", "--operation", "Describe", "--operation",
            "DescribeConfigs",
            "--operation", "Read", "--topic", name,
          ])
        try scenario.produce(scenario.settings(1_000))
        let fleet = Fleet(scenario)
        let worker = try fleet.start()
        try scenario.awaitDecided()
        try awaitStatus(scenario, "the broker forbids writing to \(name)")
        try scenario.produce(scenario.settings(1_000, seed: 8))
        try scenario.awaitDecided()
        try kafka.run(
          "kafka-acls.sh", ["--add", "--allow-principal", "User:*", "--operation", "Write", "--topic", name])
        try finish(scenario, fleet)
        let complaints = worker.lines.count { $0.text.contains("forbids writing") }
        #expect(complaints < 10, "\(complaints) complaints: \(worker.tail(40))")
      }
    }

    /// What was in it is gone with it; what was not reported yet, and all that follows, goes into the new one.
    @Test(.enabled(if: RealKafka.isExpected))
    func `make it again when it is deleted under them`() throws {
      let scenario = try Scenario(on: TestBroker(.real))
      let fleet = Fleet(scenario)
      try fleet.start(1)
      try scenario.produce(scenario.settings(600))
      try scenario.awaitPublished()
      let admin = try TopicAdmin(scenario.broker.configuration())
      defer { admin.close() }
      let load = try Load(scenario, rate: 300)
      let before = try scenario.decided()
      try Observation.wait(for: "load", within: .seconds(20)) { try scenario.decided() > before + 200 }
      try admin.deleteTopic(OutputTopic.outcomes.name(beside: scenario.topic))
      let then = try scenario.decided()
      try Observation.wait(for: "more load", within: .seconds(20)) { try scenario.decided() > then + 600 }
      try load.stop()
      try scenario.awaitPublished()
      #expect(try fleet.stopAll() == [0], "\(fleet.tails)")
      let events = try PublishedEvents(of: scenario, isWhole: false)
      #expect(events.flaws == [])
      for partition in 0..<scenario.partitions {
        let told = events.story(of: partition)
        #expect(told == Array(try PublishedEvents.story(of: partition, scenario).suffix(told.count)))
        #expect(told.count > 10)
      }
    }
  }
}
