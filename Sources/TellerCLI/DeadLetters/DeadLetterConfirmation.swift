import CommandTable
import PostgresClient
import TellerPostgres

/// What a filter finds is counted first: nobody means 40,000 letters by accident.
enum DeadLetterConfirmation {
  /// Refuses a filter without `--yes`, after saying how many letters it finds.
  static func require(
    _ selection: DeadLetterSelection, _ invocation: Invocation, _ output: Output,
    on connection: inout Connection
  ) throws {
    guard case .filter(let filter, let limit) = selection, !invocation.flag("--yes") else { return }
    let totals = try DeadLetterTotal.read(filter, on: &connection)
    let decided = totals.reduce(0) { $0 + $1.decided }
    var text = "open dead letters that match: \(DeadLetterTotal.words(totals))"
    if let limit { text += "; at most \(limit) are meant" }
    if decided > 0 { text += "\n\(decided) of them carry a key that was decided since, by another record" }
    output.result(
      text,
      [
        "matching": .array(
          totals.map {
            [
              "code": .string($0.code), "letters": .integer($0.letters),
              "decided_since": .integer($0.decided),
            ]
          })
      ])
    throw CommandFailure(
      .wrongUsage, code: "not_confirmed", what: "a filter needs --yes",
      meaning: "nothing was sent or written", hint: "look at the count above, then add --yes")
  }
}
