import CommandTable
import Teller
import TellerKafka
import TellerPostgres

/// `teller status`: owners, offsets, lag and halts.
enum StatusCommand: ProgramCommand {
  static let command = Command(
    ["status"], summary: "show owners, offsets, lag and halted partitions",
    discussion: """
      Reads PostgreSQL; with --brokers also the log's end, and so the lag. Exit code 1: a partition is
      halted.
      """,
    example: "teller status --brokers localhost:9092",
    shared: [SharedOptions.kafkaIfGiven, SharedOptions.postgres])

  static func run(_ invocation: Invocation, _ output: Output) throws -> ExitCode {
    let topic = try invocation.requiredString("--topic")
    let report = try Database.with(invocation) { connection in
      try StreamReport.read(topic: topic, on: &connection)
    }
    guard let report else {
      output.result(
        "topic \(topic): no worker has adopted it yet", ["topic": .string(topic), "adopted": false])
      return .done
    }
    var ends: [Int64]?
    var failure: LogFailure?
    if invocation.string("--brokers") != nil {
      do {
        ends = try logEnds(invocation, topic)
      } catch let error as LogFailure { failure = error }
    }
    let status = StreamStatus(report: report, logEnds: ends, trouble: failure.map { "\($0)" })
    output.result(status.text, status.json)
    if status.isHalted { return .checkFailed }
    if let failure { throw CommandFailure(failure) }
    return .done
  }

  /// The end of each partition's log, asked now.
  private static func logEnds(_ invocation: Invocation, _ topic: String) throws -> [Int64] {
    let scout = try TopicScout(configuration: try Brokers.configuration(invocation), topic: topic)
    defer { scout.close(within: .seconds(2)) }
    return try scout.sight(for: "").logRanges.map(\.upperBound)
  }
}
