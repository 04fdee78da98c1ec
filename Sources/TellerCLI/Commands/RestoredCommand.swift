import CommandTable
import PostgresClient
import TellerPostgres

/// `teller restored`: tells the world that the database is an older one than it was.
enum RestoredCommand: ProgramCommand {
  static let command = Command(
    ["restored"], summary: "raise the history after the database was restored from a backup",
    discussion: """
      A restored database has forgotten what was committed after the backup: its records are decided
      again, perhaps differently. Raise the history before the workers start: what they decide from then
      on bears the higher number (header teller-history), and a reader takes the higher history for the
      truth where an offset comes twice.

      A promoted standby, or a restore into a new cluster or onto a new timeline, is noticed by itself at
      the first connection. A disk snapshot put back in place is not: it looks like the same server.
      Raising once too often does no harm.
      """,
    example: "teller restored --reason 'volume snapshot of 06:00 put back after the disk fault'",
    options: [OperatorOptions.reason, ActingPerson.option], shared: [SharedOptions.postgres])

  static func run(_ invocation: Invocation, _ output: Output) throws -> ExitCode {
    let note = try OperatorOptions.note(invocation)
    let configuration = try Database.configuration(invocation, isReading: false)
    try Database.check(configuration)
    let raised: (from: Int32?, to: Int32)
    do throws(PostgresError) {
      var session = try OperatorSession.open(configuration)
      raised = try session.raiseHistory(reason: "restored, says \(note.user): \(note.reason)")
    } catch {
      throw CommandFailure(error)
    }
    output.result(
      """
      history raised from \(raised.from.map { "\($0)" } ?? "none") to \(raised.to)
      what is decided from now on bears \(raised.to); where an offset was published before, the higher history is the truth
      """,
      [
        "former": raised.from.map { .integer(Int64($0)) } ?? .null, "history": .integer(Int64(raised.to)),
        "done_by": .string(note.user), "reason": .string(note.reason),
      ])
    return .done
  }
}
