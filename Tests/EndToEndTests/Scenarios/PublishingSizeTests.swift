import KafkaClient
import Teller
import TellerIntegrationKit
import Testing

@testable import TellerCLI

extension `Worker processes` {
  @Suite struct `whose events are too large for their topic` {
    /// Transfers with spaces behind them, some too long for the topic; and records that are dead and larger than any.
    private func send(_ scenario: Scenario, from ordinal: UInt64) throws {
      let producer = try Producer(scenario.broker.configuration(), onReport: { _ in })
      for (index, request) in TransferGenerator(scenario.settings(400, seed: ordinal, isMixed: false))
        .enumerated()
      {
        // At random: brokers weigh what arrives compressed.
        let spaces = (0..<(index % 10 == 0 ? 8_000 : 0)).map { _ in
          [0x20, 0x09, 0x0A, 0x0D].randomElement() ?? 0x20 as UInt8
        }
        try producer.produce(topic: scenario.topic, key: request.key, value: (request.value ?? []) + spaces)
        if index % 40 == 0 {
          let waste = (0..<(index % 80 == 0 ? 3_000 : 900 << 10)).map { _ in UInt8.random(in: 0x80...0xFF) }
          try producer.produce(topic: scenario.topic, key: request.key, value: waste)
        }
      }
      #expect(producer.flush(timeout: .seconds(60)))
      producer.close(within: .seconds(5))
    }

    /// - Parameter isKnown: false: the topics' limits are lowered only after the worker has asked for them.
    @Test(.enabled(if: RealKafka.isExpected), arguments: [true, false])
    func `tell them without the request, and dead letters as pointers`(isKnown: Bool) throws {
      let scenario = try Scenario(on: TestBroker(.real))
      let kafka = try #require(scenario.broker.kafka)
      let names = OutputTopic.allCases.map { $0.name(beside: scenario.topic) }
      for name in names {
        try kafka.createTopic(
          name, partitions: Int(scenario.partitions),
          configuration: isKnown ? ["max.message.bytes": "2000"] : [:])
      }
      let fleet = Fleet(scenario)
      try fleet.start(1)
      if !isKnown {
        try scenario.produce(scenario.settings(200, seed: 5, isMixed: false))
        try scenario.awaitPublished()
        for name in names {
          try kafka.run(
            "kafka-configs.sh",
            [
              "--alter", "--entity-type", "topics", "--entity-name", name, "--add-config",
              "max.message.bytes=2000",
            ])
        }
      }
      try send(scenario, from: 6)
      try scenario.awaitPublished()
      #expect(try fleet.stopAll() == [0], "\(fleet.tails)")
      #expect(try Verdict(scenario).findings == [], "\(fleet.tails)")
      let told = try PublishedEvents(of: scenario).seen.values.flatMap { $0 }
      let bare = told.filter {
        $0.headers["teller-outcome"] != "dead" && $0.value.contains("\"request\":null")
      }
      #expect(bare.count == 40)
      let letters = try PublishedEvents.letters(of: scenario)
      #expect(letters.count == 10)
      #expect(
        letters.allSatisfy {
          $0.headers["teller-pointer"] == "true" && $0.value.contains("teller.dead_letter")
        })
    }
  }
}
