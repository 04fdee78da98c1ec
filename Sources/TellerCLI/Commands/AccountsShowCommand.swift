import CommandTable
import LedgerPostgres
import Teller

/// `teller accounts show`: one account with its last entries.
enum AccountsShowCommand: ProgramCommand {
  static let command = Command(
    ["accounts", "show"], summary: "show an account's balance and its last entries",
    example: "teller accounts show acct-00000042", arguments: [Argument("ID", help: "The account's id.")],
    options: [
      Option(
        "--entries", .integer, "N", defaultValue: "10", range: 0...100_000, isInFile: false,
        help: "How many entries, the latest first.")
    ], shared: [SharedOptions.postgres])

  static func run(_ invocation: Invocation, _ output: Output) throws -> ExitCode {
    let id = try AccountNames.checked(invocation.argument("ID") ?? "", "ID")
    let limit = try invocation.requiredInteger("--entries")
    return try Database.with(invocation) { connection in
      guard let account = try AccountRow.find(id, on: &connection) else {
        output.result("no account \(id)", ["account": .string(id), "exists": false])
        return .checkFailed
      }
      let entries = limit > 0 ? try EntryRow.last(limit, of: id, on: &connection) : []
      output.result(
        ([account.line] + entries.map(\.line)).joined(separator: "\n"),
        .object(account.fields + [("entries", .array(entries.map(\.json)))]))
      return .done
    }
  }
}

extension EntryRow {
  /// For people: one line.
  var line: String {
    let place = "\(topic)[\(partition)] offset \(offset)"
    let key = IdempotencyKey(bits: idempotencyKey).uuidString
    return "  \(version)  \(amount > 0 ? "+" : "")\(amount)  = \(balanceAfter)  \(place)  \(key)"
  }

  /// For programs.
  var json: JSONValue {
    [
      "version": .integer(version), "amount": .integer(amount), "balance_after": .integer(balanceAfter),
      "idempotency_key": .string(IdempotencyKey(bits: idempotencyKey).uuidString), "topic": .string(topic),
      "incarnation": .integer(Int64(incarnation)), "partition": .integer(Int64(partition)),
      "offset": .integer(offset),
    ]
  }
}
