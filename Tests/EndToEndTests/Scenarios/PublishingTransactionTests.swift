import KafkaClient
import TellerIntegrationKit
import Testing

@testable import TellerCLI

extension `Worker processes` {
  @Suite struct `behind transactional producers` {
    /// Four producers whose transactions of ten records overlap; one in five is aborted.
    private func send(_ scenario: Scenario, _ count: Int, seed: UInt64) throws {
      let producers = try (0..<4).map { number in
        let producer = try Producer(
          scenario.broker.configuration([
            "transactional.id": "\(scenario.topic)-\(number)", "linger.ms": "0",
          ]), onReport: { _ in })
        try producer.initTransactions(timeout: .seconds(30))
        return producer
      }
      var generator = TransferGenerator(scenario.settings(.max, seed: seed, isMixed: false))
      var committed = 0
      var round = 0
      while committed < count {
        for producer in producers { try producer.beginTransaction() }
        for _ in 0..<10 {
          for producer in producers {
            guard let request = generator.next() else { return }
            try producer.produce(topic: scenario.topic, key: request.key, value: request.value)
          }
        }
        for (number, producer) in producers.enumerated() {
          if (round + number) % 5 == 4 {
            #expect(producer.flush(timeout: .seconds(30)))
            try producer.abortTransaction(timeout: .seconds(30))
          } else {
            try producer.commitTransaction(timeout: .seconds(30))
            committed += 10
          }
        }
        round += 1
      }
      for producer in producers { producer.close(within: .seconds(5)) }
    }

    /// Records a second, by the database's clock.
    private func drainRate(_ scenario: Scenario) throws -> Double {
      let fleet = Fleet(scenario)
      #expect(try fleet.drain(idle: 1) == [0], "\(fleet.tails)")
      let milliseconds = try scenario.books.number(
        "select (1000 * extract(epoch from max(decided_at) - min(decided_at)))::int8 from teller.batch")
      let decided = try scenario.books.number("select count(*) from teller.outcome")
      return Double(decided) * 1000 / Double(max(milliseconds, 1))
    }

    @Test(.enabled(if: RealKafka.isExpected))
    func `decide and tell what was committed, at half the plain rate or more`() throws {
      let count = 24_000
      let plain = try Scenario(on: TestBroker(.real))
      try plain.produce(plain.settings(UInt64(count), isMixed: false))
      let plainRate = try drainRate(plain)
      let scenario = try Scenario(on: TestBroker(.real))
      try send(scenario, count, seed: 7)
      let rate = try drainRate(scenario)
      print("transactional \(Int(rate))/s of \(Int(plainRate))/s plain: \(rate / plainRate)")
      #expect(rate > plainRate / 2)
      let verdict = try Verdict(scenario)
      #expect(verdict.findings == [])
      #expect(verdict.log.records.count >= count)
      #expect(verdict.outcomes.rows.count == verdict.log.records.count)
      #expect(verdict.outcomes.gaps.count > count / 4)
      #expect(try scenario.published() == scenario.logEnds())
    }
  }
}
