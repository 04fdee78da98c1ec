import CommandTable
import KafkaClient
import PostgresClient
import Teller
import TellerKafka
import TellerPostgres

/// `teller dead-letters redrive`: sends dead records again.
enum DeadLettersRedriveCommand: ProgramCommand {
  static let command = Command(
    ["dead-letters", "redrive"], summary: "send dead records to the input topic again",
    discussion: """
      The value is sent unchanged, so under the same idempotency key: sent twice, or resent by its service
      meanwhile, it is a duplicate and nothing more happens. The record's key becomes the account that the
      request debits or opens, where the value says one, and its partition is that of this key. Its own
      headers stay; teller-redrive-count and teller-redrive-of are added.

      A filter means the open letters; without --yes they are only counted. Without --force a letter is not
      sent where it would die again unchanged, was discarded, or was redriven 3 times already.

      Who, when and why are written down before a record is sent, and its offset when the broker has it. A
      crash in between shows as unknown: redrive it again. Exit code 1: not every record was acknowledged.
      """,
    example: """
      teller dead-letters redrive 3:41 --reason "producer mended, ticket 812"
      teller dead-letters redrive --code misrouted --since 2h --yes --reason "partitioner mended"
      """,
    arguments: [DeadLetterOptions.ids],
    options: [
      DeadLetterOptions.reason, ActingPerson.option, DeadLetterOptions.code, DeadLetterOptions.partition,
      DeadLetterOptions.since, DeadLetterOptions.limit, DeadLetterOptions.yes,
      Option(
        "--force", .flag, isInFile: false,
        help: "Send also what would die again, was discarded, or was redriven 3 times."),
      Option(
        "--partitioner", .choice(Partitioner.allCases.map(\.rawValue)), "NAME", isInFile: false,
        help: "How keys are placed, for a stream whose partitioner is unverified."),
      DeadLetterOptions.allowUnknownFields,
    ], shared: [SharedOptions.kafka, SharedOptions.postgres])

  static func run(_ invocation: Invocation, _ output: Output) throws -> ExitCode {
    let selection = try DeadLetterSelection(invocation)
    let topic = try invocation.requiredString("--topic")
    let brokers = try Brokers.configuration(invocation)
    let desk = DeadLetterDesk(
      topic: topic, actor: ActingPerson.name(invocation),
      reason: try invocation.requiredString("--reason"))
    let configuration = try Database.configuration(invocation, isReading: false)
    try Database.check(configuration)
    do {
      let stream = try stream(topic, selection, invocation, output, configuration)
      let planner = RedrivePlanner(
        partitioner: try partitioner(of: stream, invocation), partitionCount: stream.partitionCount,
        isForced: invocation.flag("--force"),
        rereader: RequestRereader(
          topic: topic, allowUnknownFields: invocation.flag("--allow-unknown-fields")))
      try check(stream, brokers, output)
      let producer = try RedriveProducer(brokers, topic: topic, log: output.log)
      defer { producer.close() }
      let run = try RedriveRun(
        desk, stream: stream, planner: planner, states: states(selection, invocation), producer: producer,
        configuration: configuration, log: output.log)
      do {
        try run.run(selection)
      } catch {
        // What was done until then is said before why it ended.
        if run.totals.count > 0 { output.result(run.totals.text, run.totals.json) }
        throw error
      }
      output.result(run.totals.text, run.totals.json)
      return run.totals.isComplete ? .done : .checkFailed
    } catch let error as PostgresError {
      throw CommandFailure(error)
    } catch let error as KafkaError {
      throw CommandFailure(error)
    }
  }

  /// The stream as recorded, once the letters meant are confirmed.
  private static func stream(
    _ topic: String, _ selection: DeadLetterSelection, _ invocation: Invocation, _ output: Output,
    _ configuration: PostgresConfiguration
  ) throws -> StreamIdentity {
    var connection = try Connection.open(configuration)
    guard let stream = try StreamReport.identity(topic: topic, on: &connection) else {
      throw KnownStreams.unknown(topic, try StreamReport.topics(on: &connection))
    }
    try DeadLetterConfirmation.require(selection, invocation, output, on: &connection)
    return stream
  }

  /// A filter finds open letters; a person may name one that was redriven, and force one that was discarded.
  private static func states(
    _ selection: DeadLetterSelection, _ invocation: Invocation
  ) -> Set<DeadLetterState> {
    guard case .ids = selection else { return [.open] }
    return invocation.flag("--force") ? Set(DeadLetterState.allCases) : [.open, .redriven]
  }

  private static func partitioner(
    of stream: StreamIdentity, _ invocation: Invocation
  ) throws -> Partitioner {
    let given = invocation.string("--partitioner").flatMap { Partitioner(rawValue: $0) }
    switch (stream.placement, given) {
    case (.hashed(let recorded), nil): return recorded
    case (.hashed(let recorded), let given?) where given == recorded: return recorded
    case (.hashed(let recorded), _):
      throw UsageError(
        .contradiction, what: "--partitioner is not that of the stream",
        why: "\(stream.topic) was adopted with \(recorded.rawValue), and a worker would refuse the records",
        hint: "leave it out")
    case (.unverified, let given?): return given
    case (.unverified, nil):
      throw UsageError(
        .missingOption, what: "dead-letters redrive needs --partitioner here",
        why: "\(stream.topic) was adopted without one, so nothing says where a key belongs",
        hint: "give the one that its producers use: murmur2 (Java), crc32 (librdkafka), fnv1a (Sarama)")
    }
  }

  /// Nothing is sent to a topic that only has the same name.
  private static func check(
    _ stream: StreamIdentity, _ brokers: KafkaConfiguration, _ output: Output
  ) throws {
    _ = try TopicWait.partitionCount(brokers, topic: stream.topic, log: output.log)
    do {
      let scout = try TopicScout(configuration: brokers, topic: stream.topic)
      defer { scout.close(within: .seconds(2)) }
      let sighting = try scout.sight(for: stream.group)
      if let refusal = stream.mismatch(with: sighting) { throw CommandFailure(refusal) }
    } catch let error as LogFailure { throw CommandFailure(error) }
  }
}
