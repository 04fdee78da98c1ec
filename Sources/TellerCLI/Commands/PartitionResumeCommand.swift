import CommandTable
import PostgresClient
import Teller
import TellerPostgres

/// `teller partition resume`: clears a halt whose cause was mended.
enum PartitionResumeCommand: ProgramCommand {
  static let command = Command(
    ["partition", "resume"], summary: "let a halted partition go on, once its cause is mended",
    discussion: """
      Clears the reason of the halt and records who asked, when, why, and at which offset the partition
      stood. The worker that halted it claims it anew within seconds, if the group still assigns it
      there, else the partition's next owner does; either checks the log first, and halts again where
      the cause stands. Nothing is skipped. A halt of the whole stream (a topic that grew) needs a
      restart of its workers besides.
      """,
    example: "teller partition resume --partition 3 --reason 'topic restored from the mirror'",
    options: [OperatorOptions.partition, OperatorOptions.reason, ActingPerson.option],
    shared: [SharedOptions.stream, SharedOptions.postgres])

  static func run(_ invocation: Invocation, _ output: Output) throws -> ExitCode {
    let topic = try invocation.requiredString("--topic")
    let partition = Int32(clamping: try invocation.requiredInteger("--partition"))
    let note = try OperatorOptions.note(invocation)
    let configuration = try Database.configuration(invocation, isReading: false)
    try Database.check(configuration)
    let standing: PartitionStanding
    do {
      var session = try OperatorSession.open(configuration)
      standing = try session.resume(partition, topic: topic, note)
    } catch let error as PostgresError {
      throw CommandFailure(error)
    } catch let refusal as OperatorRefusal {
      throw CommandFailure(refusal, partition: partition, of: topic)
    }
    let halt = standing.haltedReason ?? ""
    let who =
      standing.isOwnerAlive
      ? "its owner \(standing.owner) claims it anew within seconds"
      : "its owner is gone; the next worker that is given it claims it"
    output.result(
      """
      partition \(partition) of \(topic) may go on at offset \(standing.nextOffset); \(who)
      it was halted for: \(halt)
      """,
      [
        "topic": .string(topic), "partition": .integer(Int64(partition)),
        "next_offset": .integer(standing.nextOffset), "halted_reason": .string(halt),
        "owner": standing.owner.isEmpty ? .null : .string(standing.owner),
        "owner_is_alive": .bool(standing.isOwnerAlive), "done_by": .string(note.user),
        "reason": .string(note.reason),
      ])
    return .done
  }
}
