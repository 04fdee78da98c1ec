import Foundation
import KafkaClient
import Teller
import TellerIntegrationKit
import Testing

/// A decided scenario whose three topics a test may set up anew, on another broker, as it likes.
final class AuditStage: Sendable {
  /// What stands in the topics.
  struct Topics: Sendable {
    var input: [Int32: [LoggedRecord]]
    var events: [Int32: [MadeEvent]]
    var letters: [Int32: [MadeEvent]]
  }

  /// What `teller audit --kafka --json` says.
  struct Report: Decodable, CustomStringConvertible {
    struct Check: Decodable {
      struct Row: Decodable {
        let what: String
        let field: String?
        let fields: [String]?
        let partition: Int32?
        let offset: Int64?
        let offsets: Int64?
        let events: Int64?
      }
      let id: String
      let violations: Int64
      let rows: [Row]
      let notes: [Row]
    }
    let ok: Bool
    let checks: [Check]

    var description: String {
      checks.filter { $0.violations > 0 || !$0.notes.isEmpty }
        .map { "\($0.id) \($0.violations): \($0.rows) \($0.notes)" }.joined(separator: "\n")
    }

    subscript(id: String) -> Check? { checks.first { $0.id == id } }
  }

  let scenario: Scenario
  let topics: Topics

  /// What the tables and Published.md alone make of it.
  let made: MadeEvents

  /// Some hundred records of all kinds, decided and published by a worker.
  init(records: UInt64 = 600) throws {
    scenario = try Scenario(on: TestBroker(.embedded), partitions: 3)
    try scenario.produce(scenario.settings(records))
    let fleet = Fleet(scenario)
    guard try fleet.drain() == [0] else { throw ScenarioError("the worker failed: \(fleet.tails)") }
    let log = try LogCopy(of: scenario)
    made = try MadeEvents(of: scenario, in: scenario.books)
    let input = log.records.sorted { $0.key < $1.key }
    topics = Topics(
      input: Dictionary(grouping: input, by: \.key.partition).mapValues { $0.map(\.value) },
      events: try MadeEvent.published(.outcomes, of: scenario),
      letters: try MadeEvent.published(.deadLetters, of: scenario))
  }

  /// Writes the topics to a fresh broker.
  func publish(_ topics: Topics, on broker: TestBroker? = nil) throws -> TestBroker {
    let broker = try broker ?? TestBroker(.embedded)
    let name = scenario.topic
    for topic in [name, name + "-outcomes", name + "-dead-letters"] {
      try broker.createTopic(topic, partitions: scenario.partitions)
    }
    let counter = Sender.Counter()
    let producer = try Producer(broker.configuration(), onReport: { counter.count($0) })
    defer { producer.close(within: .seconds(5)) }
    for (partition, records) in topics.input {
      for record in records {
        try producer.produce(topic: name, partition: partition, key: record.key, value: record.value)
      }
    }
    for (suffix, records) in [("-outcomes", topics.events), ("-dead-letters", topics.letters)] {
      for (partition, records) in records {
        for record in records {
          try producer.produce(
            topic: name + suffix, partition: partition, key: record.key, value: record.value,
            headers: record.headers.map { ($0.name, Array($0.value.utf8)) })
        }
      }
    }
    guard producer.flush(timeout: .seconds(30)), counter.failures.isEmpty else {
      throw ScenarioError("the stage was not written: \(counter.failures.first ?? "in time")")
    }
    return broker
  }

  /// Audits the tables against the topics of a broker.
  func audit(_ broker: TestBroker, database: String? = nil) throws -> Report {
    let audit = try TellerProcess.run([
      "audit", "--kafka", "--brokers", broker.bootstrapServers, "--topic", scenario.topic, "--postgres",
      database ?? scenario.database, "--json",
    ])
    let report = audit.standardOutput.last.flatMap {
      try? JSONDecoder().decode(Report.self, from: Data($0.utf8))
    }
    guard let report else { throw ScenarioError("teller audit: \(audit.tail())") }
    #expect(audit.exitStatus == (report.ok ? 0 : 1))
    return report
  }

  /// Audits the topics as a test has changed them.
  func audit(_ change: (inout Topics) -> Void) throws -> Report {
    var topics = topics
    change(&topics)
    return try audit(publish(topics))
  }
}
