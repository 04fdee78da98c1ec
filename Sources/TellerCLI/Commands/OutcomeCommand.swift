import CommandTable

/// `teller outcome`: what became of one request.
enum OutcomeCommand: ProgramCommand {
  static let command = Command(
    ["outcome"], summary: "say what became of a request",
    discussion: """
      Prints every decision about the idempotency key: the first, and each repeat. Exit code 1: none is
      known, so the request was never decided; it may still wait in the topic, or have become a dead
      letter.
      """,
    example: "teller outcome 8b1f4c6e-0d1b-4f0e-9a55-0c1d2e3f4a5b",
    arguments: [
      Argument("KEY", help: "The idempotency key: a UUID, or a natural key such as an order number.")
    ],
    shared: [SharedOptions.stream, SharedOptions.postgres])

  static func run(_ invocation: Invocation, _ output: Output) throws -> ExitCode {
    throw CommandFailure.notConnected("outcome")
  }
}
