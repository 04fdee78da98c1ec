import CommandTable
import Foundation
import KafkaClient

/// `teller produce`: sends requests, from a file or made up.
enum ProduceCommand: ProgramCommand {
  static let command = Command(
    ["produce"], summary: "send requests to the topic: from a file, or generated",
    discussion: """
      With FILE sends its lines, one JSON request each; - reads standard input. The record's key is the
      request's debit account (or the account it opens). A line that cannot be read is sent as it is,
      without a key: the worker makes it a dead letter.

      Without FILE generates transfers between accounts PREFIX00000000 and so on. The same seed and
      options generate the same bytes, so sending them twice shows that nothing is applied twice. Shares
      may add up to at most 1.
      """,
    example: """
      teller produce requests.jsonl
      teller produce --count 100000 --duplicates 5% --poison 1% --misrouted 0.1% --seed 7
      """,
    arguments: [
      Argument("FILE", isRequired: false, completesFiles: true, help: "JSON Lines, or - for standard input.")
    ],
    options: [
      Option(
        "--count", .integer, "N", defaultText: "1000", range: 0...Int64.max, isInFile: false,
        help: "How many records."),
      Option(
        "--accounts", .integer, "N", defaultValue: "1000", range: 2...100_000_000,
        help: "Among how many accounts."),
      Option(
        "--prefix", .string, "TEXT", defaultValue: "acct-", help: "What stands before an id's 8 digits."),
      Option("--currency", .string, "CODE", defaultValue: "EUR", help: "3 to 8 capital letters."),
      share("--duplicates", "Share of records that are sent again, byte for byte, at once or much later."),
      share(
        "--poison", "Share of records that nobody can apply: broken JSON, wrong types, no key, too large."),
      share("--misrouted", "Share of good requests sent to a partition that their key does not hash to."),
      share("--hot", "Share of transfers that pay into the first account."),
      Option(
        "--rate", .integer, "N", defaultText: "unlimited", range: 1...10_000_000, isInFile: false,
        help: "Records a second."),
      Option(
        "--seed", .integer, "N", defaultText: "drawn, and printed", isInFile: false,
        help: "Makes the run repeatable."),
    ], shared: [SharedOptions.kafka])

  private static func share(_ name: String, _ help: String) -> Option {
    Option(name, .share, "SHARE", defaultValue: "0", isInFile: false, help: help)
  }

  /// Where the records come from, with contradictions found.
  enum Source: Equatable {
    /// Lines of a file, or of standard input where the path is `-`.
    case file(String)
    case generated(TransferGenerator.Settings)

    init(_ invocation: Invocation) throws(UsageError) {
      guard let file = invocation.argument("FILE") else {
        self = .generated(try TransferGenerator.Settings(invocation))
        return
      }
      let generating = [
        "--count", "--accounts", "--duplicates", "--poison", "--misrouted", "--hot", "--seed",
      ]
      if let stray = generating.first(where: { invocation.source($0) == .flag }) {
        throw UsageError(
          .contradiction, what: "\(stray) does not go with FILE", why: "a file's lines are sent as they are",
          hint: "leave out one of the two")
      }
      self = .file(file)
    }
  }

  static func run(_ invocation: Invocation, _ output: Output) throws -> ExitCode {
    let source = try Source(invocation)
    let configuration = try Brokers.configuration(invocation)
    let topic = try invocation.requiredString("--topic")
    let partitions = try TopicWait.partitionCount(configuration, topic: topic, log: output.log)
    if case .generated(let settings) = source, settings.misrouted > 0, partitions < 2 {
      throw UsageError(
        .contradiction, what: "--misrouted needs a topic with two partitions or more",
        why: "every key hashes to the only one", hint: "leave it out, or use another topic")
    }
    var kinds = KindCounts()
    do {
      var sender = try RequestSender(
        configuration, topic: topic, partitionCount: partitions, rate: invocation.integer("--rate"),
        log: output.log)
      var fatal: KafkaError?
      do {
        try send(source, &sender, &kinds)
      } catch let error as KafkaError {
        fatal = error
      } catch {
        _ = sender.finish()
        throw error
      }
      let duration = sender.finish()
      return report(source, sender, kinds, duration, fatal, output)
    } catch let error as KafkaError { throw CommandFailure(error) }
  }

  private static func send(
    _ source: Source, _ sender: inout RequestSender, _ kinds: inout KindCounts
  ) throws {
    switch source {
    case .file(let path):
      try RequestLines(path).forEach { line in
        let key = RequestLine.key(of: line)
        kinds.add(line: key)
        try sender.send(key: key, value: line)
      }
    case .generated(let settings):
      for request in TransferGenerator(settings) {
        kinds.add(request.kind)
        try sender.send(key: request.key, value: request.value, isMisrouted: request.isMisrouted)
      }
    }
  }

  private static func report(
    _ source: Source, _ sender: RequestSender, _ kinds: KindCounts, _ duration: Duration,
    _ fatal: KafkaError?,
    _ output: Output
  ) -> ExitCode {
    let outcome = sender.outcome
    // What the producer never reported on may lie in the log or not.
    let unknown = outcome.unknown + max(0, sender.sent - outcome.reported)
    let seconds = duration / .seconds(1)
    let rate = Int64(Double(outcome.acknowledged) / max(seconds, 0.001))
    var seed: JSONValue = .null
    var text = "acknowledged \(outcome.acknowledged), failed \(outcome.failed), unknown \(unknown)"
    text += String(format: " in %.1f s (%lld/s)", seconds, rate)
    if case .generated(let settings) = source {
      seed = .integer(Int64(bitPattern: settings.seed))
      text += "; seed \(Int64(bitPattern: settings.seed))"
    }
    let cause = fatal.map { "\($0)" } ?? outcome.firstError
    if let cause { text += "\nfirst error: \(cause)" }
    output.result(
      text,
      [
        "sent": .integer(sender.sent), "acknowledged": .integer(outcome.acknowledged),
        "failed": .integer(outcome.failed), "unknown": .integer(unknown), "seconds": .number(seconds),
        "per_second": .integer(rate), "seed": seed, "kinds": kinds.json,
        "error": cause.map { .string($0) } ?? .null,
      ])
    return fatal == nil && outcome.failed == 0 && unknown == 0 ? .done : .checkFailed
  }
}
