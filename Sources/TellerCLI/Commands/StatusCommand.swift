import CommandTable

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
    throw CommandFailure.notConnected("status")
  }
}
