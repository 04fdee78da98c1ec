import CommandTable

/// `teller audit`: proves from the tables that the books are right.
enum AuditCommand: ProgramCommand {
  static let command = Command(
    ["audit"], summary: "prove that every offset has one outcome and that the books balance",
    discussion: """
      Checks that each partition's offsets are all accounted for, that debits equal credits, and that
      every balance follows from its entries. Only reads, in one snapshot, and may run beside workers.
      Exit code 1: a check failed.
      """,
    example: "teller audit --json", shared: [SharedOptions.stream, SharedOptions.postgres])

  static func run(_ invocation: Invocation, _ output: Output) throws -> ExitCode {
    throw CommandFailure.notConnected("audit")
  }
}
