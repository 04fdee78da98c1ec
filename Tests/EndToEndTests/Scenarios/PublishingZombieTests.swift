import Foundation
import TellerIntegrationKit
import Testing

extension `Worker processes` {
  /// A publisher is stopped, its partitions get another owner, it wakes, and what it had queued comes late.
  @Suite struct `stopped while they publish` {
    struct Stop: CustomTestStringConvertible, Sendable {
      let kind: BrokerKind
      let point: String
      var testDescription: String { "\(point) on the \(kind) broker" }
    }

    static let stops: [Stop] =
      [
        Stop(kind: .embedded, point: "publish.afterProduce"),
        Stop(kind: .embedded, point: "publish.afterReport"),
      ] + (RealKafka.isExpected ? [Stop(kind: .real, point: "publish.afterProduce")] : [])

    @Test(arguments: stops)
    func `tell late what is known, and no reader that follows the rule minds`(stop: Stop) throws {
      let scenario = try Scenario(on: TestBroker(stop.kind))
      let watch = CursorWatch(scenario)
      let fleet = Fleet(scenario)
      let zombie = try fleet.start(environment: ["TELLER_PAUSE_AT": "\(stop.point):40"])
      try fleet.start()
      try Observation.wait(for: "three partitions for each", within: .seconds(40)) {
        try fleet.workers.allSatisfy { try fleet.partitions(of: $0).count == 3 }
      }
      let load = try Load(scenario, rate: 400)
      try Observation.wait(for: "it stops itself", within: .seconds(60), every: .milliseconds(5)) {
        Observation.state(of: zombie.processIdentifier) == "T"
      }
      try Observation.wait(for: "a successor in all partitions", within: .seconds(40)) {
        try fleet.partitions(of: zombie).isEmpty
      }
      // The successor tells first, so that what the other has queued is late.
      let before = try scenario.published()
      try Observation.wait(for: "the successor publishes in each partition", within: .seconds(20)) {
        try zip(scenario.published(), before).allSatisfy { $0 > $1 }
      }
      let woken = zombie.lines.count
      zombie.signal(SIGCONT)
      try zombie.waitForLine(containing: "partitions assigned", within: .seconds(40), from: woken)
      try load.stop()
      try scenario.awaitPublished()
      #expect(try fleet.stopAll() == [0, 0], "\(fleet.tails)")
      let looked = watch.stop()
      #expect(looked.fallen == [] && looked.looks > 100, "\(looked)")
      #expect(try Verdict(scenario).findings == [], "\(fleet.tails)")
      if stop.point == "publish.afterProduce" { #expect(try PublishedEvents(of: scenario).late > 0) }
    }
  }
}
