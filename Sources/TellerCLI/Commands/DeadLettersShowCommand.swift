import CommandTable
import TellerPostgres

/// `teller dead-letters show`: all about one dead letter.
enum DeadLettersShowCommand: ProgramCommand {
  static let command = Command(
    ["dead-letters", "show"], summary: "show a dead letter: cause, contents, and what was done about it",
    discussion: """
      Also says whether its idempotency key has been decided since, by another record that carries it, and
      what a redrive would come to. Contents that are not printable text are shown as a hex dump; JSON has
      them whole, in base64. Exit code 1: there is no such dead letter.
      """,
    example: "teller dead-letters show 3:41",
    arguments: [
      Argument("ID", help: "partition:offset, such as 3:41; before it the incarnation, unless it is 1.")
    ],
    options: [
      Option("--full", .flag, isInFile: false, help: "Show long contents to their end."),
      DeadLetterOptions.allowUnknownFields,
    ], shared: [SharedOptions.stream, SharedOptions.postgres])

  static func run(_ invocation: Invocation, _ output: Output) throws -> ExitCode {
    let topic = try invocation.requiredString("--topic")
    let id = try DeadLetterOptions.id(invocation.argument("ID") ?? "")
    let page = try Database.with(invocation) { connection -> DeadLetterPage? in
      try KnownStreams.require(topic, on: &connection)
      guard let letter = try DeadLetter.read(id, topic: topic, on: &connection) else { return nil }
      var rereader = RequestRereader(
        topic: topic, allowUnknownFields: invocation.flag("--allow-unknown-fields"))
      var decision: KeyDecision?
      if let key = letter.summary.idempotencyKey {
        decision = try KeyDecision.read(key, topic: topic, on: &connection)
      }
      return DeadLetterPage(
        topic: topic, letter: letter, decision: decision,
        actions: try DeadLetterAction.all(on: id, topic: topic, on: &connection),
        reread: rereader.read(key: letter.key, value: letter.value), isFull: invocation.flag("--full"))
    }
    guard let page else {
      output.result(
        "there is no dead letter \(id) in \(topic)", ["id": .string("\(id)"), "state": .null])
      return .checkFailed
    }
    output.result(page.text, page.json)
    return .done
  }
}
