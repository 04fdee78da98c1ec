import KafkaClient
import PostgresClient
import Teller
import TellerKafka
import TellerPostgres

/// I7 and I13: the input topic, the outcomes and the dead letters against the tables, partition by partition.
///
/// Made before the tables' snapshot is taken and run after it, so that a worker may go on meanwhile: what was in a topic
/// before is decided in the snapshot, and what the snapshot calls published is in a topic after.
final class TopicsAudit {
  private let topic: String
  private let input: TopicSource
  private let outcomes: TopicSource
  private let deadLetters: TopicSource
  private let reader: KafkaLogReader

  /// Looks at the topics, before the snapshot.
  init(_ configuration: KafkaConfiguration, topic: String) throws(LogFailure) {
    self.topic = topic
    input = try TopicSource(configuration, topic: topic)
    outcomes = try TopicSource(configuration, topic: OutputTopic.outcomes.name(beside: topic))
    deadLetters = try TopicSource(configuration, topic: OutputTopic.deadLetters.name(beside: topic))
    reader = try KafkaLogReader(configuration: configuration, topic: topic)
  }

  /// Compares the topics with a session that sees the snapshot.
  func run(_ auditor: inout Auditor) throws -> [AuditFinding] {
    let start = ContinuousClock.now
    for source in [input, outcomes, deadLetters] { try source.lookAgain() }
    try auditor.prepareForStretches()
    let partitions = try auditor.partitions(of: topic)
    let histories = try auditor.histories()
    var findings = TopicFindings()
    for (number, lives) in Dictionary(grouping: partitions, by: \.partition).sorted(by: { $0.key < $1.key }) {
      if let open = lives.first(where: \.isOpen) {
        var log = LogAudit(open)
        try log.run(reader, bounds: input.bounds(of: number), &auditor, &findings)
      }
      var events = EventsAudit(topic: topic, number: number, histories: histories, lives: lives)
      try events.run(outcomes, &auditor, &findings)
      var letters = DeadLettersAudit(topic: topic, number: number, histories: histories, lives: lives)
      try letters.run(deadLetters, &auditor, &findings)
    }
    return findings.findings(ContinuousClock.now - start)
  }

  /// Frees the connections.
  func close() {
    for source in [input, outcomes, deadLetters] { source.close() }
    reader.close(within: .seconds(5))
  }
}
