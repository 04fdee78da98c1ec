import KafkaClient
import TellerIntegrationKit
import Testing

extension `Worker processes` {
  @Suite struct `that publish over a topic's end` {
    /// Nothing that was decided of the first life is left untold, though its last worker was killed.
    @Test(.enabled(if: RealKafka.isExpected), arguments: [false, true])
    func `tell the first life and then the second`(isKilled: Bool) throws {
      let scenario = try Scenario(on: TestBroker(.real))
      let watch = CursorWatch(scenario)
      try scenario.produce(scenario.settings(600))
      let fleet = Fleet(scenario)
      let worker = try fleet.start()
      try scenario.awaitDecided()
      if !isKilled { try scenario.awaitPublished() }
      let admin = try TopicAdmin(scenario.broker.configuration())
      defer { admin.close() }
      if isKilled {
        worker.kill()
        // As if it had been killed a moment earlier: the cursor lags by nature.
        try scenario.books.execute("update teller.cursor set published_offset = published_offset - 20")
      }
      try admin.deleteTopic(scenario.topic)
      try Observation.wait(for: "the topic made anew", within: .seconds(20)) {
        try admin.createTopic(scenario.topic, partitions: scenario.partitions, replicas: 1)
        return true
      }
      try Observation.wait(for: "its records", within: .seconds(20)) {
        try scenario.produce(scenario.settings(900, seed: 99))
        return true
      }
      if isKilled { try fleet.start() }
      try Observation.wait(for: "all partitions halted", within: .seconds(45)) {
        try scenario.halts().count == Int(scenario.partitions)
      }
      #expect(try fleet.stopAll(within: .seconds(40)) == [1], "\(fleet.tails)")
      let adoption = try TellerProcess.run([
        "stream", "adopt", "--topic", scenario.topic, "--from", "earliest", "--group", scenario.group,
        "--brokers", scenario.broker.bootstrapServers, "--postgres", scenario.database,
      ])
      #expect(adoption.exitStatus == 0, "\(adoption.tail(40))")
      #expect(try fleet.drain(idle: 1) == [0], "\(fleet.tails)")
      if !isKilled { #expect(watch.stop().fallen == []) } else { _ = watch.stop() }
      let events = try PublishedEvents(of: scenario)
      #expect(events.flaws == [])
      for partition in 0..<scenario.partitions {
        #expect(try events.story(of: partition) == PublishedEvents.story(of: partition, scenario))
      }
    }
  }
}
