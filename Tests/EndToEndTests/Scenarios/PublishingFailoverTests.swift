import Foundation
import Teller
import TellerIntegrationKit
import Testing

extension `Worker processes` {
  @Suite struct `that publish over a failover` {
    /// What the old primary decided last, and told, never reached the standby: it is decided again, and told again
    /// under the higher history.
    @Test func `contradict what was lost, and say so`() throws {
      let primary = try TemporaryPostgres()
      defer { primary.remove() }
      let standby = try StandbyPostgres(of: primary)
      defer { standby.server.remove() }
      let proxy = try PostgresProxy(to: primary)
      defer { proxy.close() }
      let scenario = try Scenario(on: TestBroker(.embedded), postgres: primary, proxy: proxy)
      let fleet = Fleet(scenario)
      try fleet.start(2)
      try scenario.produce(scenario.settings(1_000))
      try scenario.awaitPublished()
      try standby.awaitReplay()
      try standby.cutOff()
      let kept = try scenario.decided()
      try scenario.produce(scenario.settings(500, seed: 8))
      try scenario.awaitPublished()
      let lost = try scenario.decided() - kept
      #expect(lost == 500)

      proxy.refuseConnections(true)
      proxy.dropConnections()
      try primary.stop(mode: .immediate)
      try standby.promote()
      proxy.redirect(to: standby.server)
      proxy.refuseConnections(false)
      try scenario.produce(scenario.settings(300, seed: 9))
      let name = String(scenario.database.dropFirst("postgresql:///".count).prefix { $0 != "?" })
      let books = Books(url: standby.server.url(database: name))
      let ends = try scenario.logEnds()
      do {
        try Observation.wait(for: "all published on the new primary", within: .seconds(60)) {
          try books.texts(
            "select published_offset::text from teller.partition_owner where topic = '\(scenario.topic)' order by partition"
          ) == ends.map(String.init)
        }
      } catch {
        let owners = try books.texts(
          """
          select concat_ws(' ', partition, epoch, owner, next_offset, published_offset, halted_reason)
            from teller.partition_owner order by partition
          """)
        throw ScenarioError("\(error); log \(ends); \(owners)\n\(fleet.tails)")
      }
      #expect(try fleet.stopAll() == [0, 0], "\(fleet.tails)")
      let events = try PublishedEvents(of: scenario)
      let letters = try PublishedEvents.deadLetters(of: scenario)
      let outcomes = try Outcomes(of: scenario, in: books)
      #expect(events.findings(against: outcomes, deadLetters: letters, mayContradict: true).sorted() == [])
      #expect(try contradicted(events, scenario) == Int(lost))
      #expect(try books.number("select count(*) from teller.history") >= 2)
    }

    /// What the library's own reader calls contradicted; it must see each offset's last event as this test does.
    private func contradicted(_ events: PublishedEvents, _ scenario: Scenario) throws -> Int {
      var order = OutcomeOrder(topic: scenario.topic)
      var count = 0
      for (partition, list) in events.all {
        var taken = 0
        for (position, event) in list.enumerated() {
          guard
            case .taken(let deliveries) = try order.offer(
              event.parsed(), from: partition, at: Int64(position))
          else { continue }
          taken += deliveries.count
          count += deliveries.count(where: \.contradicts)
        }
        #expect(taken == events.seen[partition]?.count)
      }
      #expect(order.holes.isEmpty)
      return count
    }
  }
}

extension PublishedEvent {
  /// As the library's reader takes it.
  fileprivate func parsed() throws -> OutcomeEvent {
    try OutcomeEvent(
      key: key, value: [UInt8](value.utf8),
      headers: headers.map { RecordHeader(name: $0.key, value: [UInt8]($0.value.utf8)) })
  }
}
