import CommandTable
import KafkaClient
import Teller
import TellerKafka

/// `teller topics create`: the input topic and the two beside it.
enum TopicsCreateCommand: ProgramCommand {
  static let command = Command(
    ["topics", "create"], summary: "create the input topic and the topics for outcomes and dead letters",
    discussion: """
      Creates what is missing of the input topic, TOPIC-outcomes and TOPIC-dead-letters, with the same
      number of partitions, without compaction, and dead letters with max.message.bytes=8388608. What
      exists is checked and left as it is: its number of partitions, and that the input is not compacted.
      Choose the number of partitions for good: a stream is bound to it, since keys change their
      partition with it. Needs CREATE and DESCRIBE on the three topics, and DESCRIBE_CONFIGS on the input.
      Exit code 1: one is not as it must be.
      """,
    example:
      "teller topics create --brokers localhost:9092 --topic transfers --partitions 16 --replication 3",
    options: [
      Option(
        "--partitions", .integer, "COUNT", range: 1...10_000, isInFile: false,
        help: "Partitions of each topic. May be left out where the input exists: then it is as many."),
      Option(
        "--replication", .integer, "COUNT", defaultText: "the broker's own", range: 1...100, isInFile: false,
        help: "Replicas of each partition of a new topic; 3 in production."),
      Option(
        "--retention", .duration, "TIME", defaultValue: "168h", range: 1...3_155_760_000, isInFile: false,
        help: "How long new topics keep records; longer than any outage and any reader's absence."),
      Option("--dry-run", .flag, isInFile: false, help: "Say what would be created, and create nothing."),
    ],
    shared: [SharedOptions.kafka])

  static func run(_ invocation: Invocation, _ output: Output) throws -> ExitCode {
    let setup = TopicSetup(configuration: try Brokers.configuration(invocation))
    let topic = try invocation.requiredString("--topic")
    let isDryRun = invocation.flag("--dry-run")
    do {
      let present = try setup.present()
      let orders = try orders(invocation, topic, inputCount: present[topic])
      var findings = try setup.fulfil(orders, present: present, isDryRun: isDryRun)
      if let flaw = try flaw(of: orders[0], findings[0], setup) { findings[0] = .refused(flaw) }
      for (order, finding) in zip(orders, findings) { report(order, finding, output) }
      return findings.contains(where: \.isFlaw) ? .checkFailed : .done
    } catch let error as KafkaError { throw CommandFailure(error) }
  }

  /// What is wrong with an input that exists, and is not so with the topics beside it.
  private static func flaw(
    of input: TopicOrder, _ finding: TopicSetup.Finding, _ setup: TopicSetup
  ) throws(KafkaError) -> String? {
    if case .otherCount(let count) = finding {
      return
        "the topic \(input.name) has \(count) partitions, not \(input.partitions): a stream keeps the number it "
        + "began with; leave --partitions out, or create another topic"
    }
    guard finding == .exists, let policy = try setup.compaction(of: input.name) else { return nil }
    return
      "the topic \(input.name) has cleanup.policy=\(policy), and compaction removes requests before they are "
      + "applied: kafka-configs.sh --alter --topic \(input.name) --add-config cleanup.policy=delete; then look "
      + "whether records are missing already"
  }

  private static func orders(
    _ invocation: Invocation, _ topic: String, inputCount: Int32?
  ) throws -> [TopicOrder] {
    let count: Int32
    if let given = invocation.integer("--partitions") {
      count = Int32(clamping: given)
    } else if let inputCount, inputCount > 0 {
      count = inputCount
    } else {
      throw UsageError(
        .missingOption, what: "--partitions is needed", why: "the topic \(topic) does not exist yet",
        hint: "give --partitions 16, or as many as the stream may ever have workers")
    }
    let replicas = Int32(clamping: invocation.integer("--replication") ?? -1)
    let retention = try invocation.requiredDuration("--retention")
    return [.input(topic, partitions: count, replicas: replicas, retention: retention)]
      + TopicOrder.outputs(beside: topic, partitions: count, replicas: replicas, retention: retention)
  }

  private static func report(_ order: TopicOrder, _ finding: TopicSetup.Finding, _ output: Output) {
    let problem = finding.problem(order)
    output.result(
      problem ?? "\(order.name): \(finding.word), \(order.partitions) partitions",
      [
        "topic": .string(order.name), "state": .string(finding.word),
        "partitions": .integer(Int64(finding.count ?? order.partitions)),
        "problem": problem.map { .string($0) } ?? .null,
      ])
  }
}

extension TopicSetup.Finding {
  /// For programs.
  fileprivate var word: String {
    switch self {
    case .exists: "exists"
    case .created: "created"
    case .missing: "would be created"
    case .otherCount: "wrong count"
    case .refused: "refused"
    }
  }

  fileprivate var isFlaw: Bool {
    switch self {
    case .otherCount, .refused: true
    case .exists, .created, .missing: false
    }
  }

  fileprivate var count: Int32? {
    if case .otherCount(let count) = self { count } else { nil }
  }
}
