import CommandTable
import PostgresClient
import Teller
import TellerKafka
import TellerPostgres

/// `teller partition skip-to`: gives offsets up that cannot be decided any more.
enum PartitionSkipToCommand: ProgramCommand {
  static let command = Command(
    ["partition", "skip-to"], summary: "give up offsets of a partition that stands still, for ever",
    discussion: """
      For a partition that is halted, or has no owner alive. The records from where it stands up to
      --offset are never applied: no transfer of theirs happens, and no outcome is published. They are
      recorded as a gap, with who, when and why, so that the audit accounts for them. Whoever works on
      the partition is fenced and claims it anew at --offset.

      The usual case: retention took offsets before they were decided; skip to where the log begins
      (teller status names the range). Only forward, and only to an offset that the log holds. A log that
      is another one than before is not skipped but adopted (teller stream adopt).
      Without --yes it only says what it would do.
      """,
    example: "teller partition skip-to --partition 3 --offset 81920 --reason 'lost, ticket 4711' --yes",
    options: [
      OperatorOptions.partition,
      Option(
        "--offset", .integer, "OFFSET", range: 0...Int64.max, isRequired: true, isInFile: false,
        help: "The first offset to be decided again."),
      OperatorOptions.reason, ActingPerson.option,
      Option("--yes", .flag, isInFile: false, help: "Do it."),
    ], shared: [SharedOptions.kafka, SharedOptions.postgres])

  static func run(_ invocation: Invocation, _ output: Output) throws -> ExitCode {
    let topic = try invocation.requiredString("--topic")
    let partition = Int32(clamping: try invocation.requiredInteger("--partition"))
    let offset = try invocation.requiredInteger("--offset")
    let note = try OperatorOptions.note(invocation)
    let configuration = try Database.configuration(invocation, isReading: false)
    try Database.check(configuration)
    do {
      let identity = try Database.with(invocation) { connection in
        try StreamReport.identity(topic: topic, on: &connection)
      }
      guard let identity else { throw OperatorRefusal.unknownPartition }
      var session = try OperatorSession.open(configuration)
      guard let standing = try session.standing(of: partition, topic: topic) else {
        throw OperatorRefusal.unknownPartition
      }
      // Said before the log is asked: a person who mistook the partition should hear that first.
      if standing.haltedReason == nil, standing.isOwnerAlive {
        throw OperatorRefusal.isOwned(by: standing.owner)
      }
      if offset <= standing.nextOffset { throw OperatorRefusal.goesBack(nextOffset: standing.nextOffset) }
      let plan = SkipPlan(
        topic: topic, partition: partition, offsets: standing.nextOffset..<offset,
        log: try LogProof(invocation, identity).range(for: standing, skippingTo: offset))
      guard invocation.flag("--yes") else { throw plan.unconfirmed }
      _ = try session.skip(partition, topic: topic, from: standing.nextOffset, to: offset, note)
      output.result(plan.done(standing), plan.json(standing, note))
    } catch let error as PostgresError {
      throw CommandFailure(error)
    } catch let failure as LogFailure {
      throw CommandFailure(failure)
    } catch let refusal as OperatorRefusal {
      throw CommandFailure(refusal, partition: partition, of: topic)
    }
    return .done
  }
}

/// What a skip gives up, in words.
private struct SkipPlan {
  let topic: String
  let partition: Int32
  let offsets: Range<Int64>
  /// The log as of now.
  let log: Range<Int64>

  /// How many of the offsets the log still holds.
  private var held: Int64 { max(0, offsets.upperBound - max(offsets.lowerBound, log.lowerBound)) }

  private var what: String {
    "offsets \(offsets.lowerBound) to \(offsets.upperBound - 1) of partition \(partition) of \(topic):"
      + " \(offsets.count) offsets (\(Int64(offsets.count) - held) have left the log, \(held) are still in it)"
  }

  var unconfirmed: CommandFailure {
    CommandFailure(
      .wrongUsage, code: "not_confirmed", what: "this would give up \(what)",
      meaning: "their records would never be applied; nothing was changed yet",
      hint: "if that is what you want, run it again with --yes")
  }

  func done(_ standing: PartitionStanding) -> String {
    var lines = [
      "given up: \(what)",
      "their records are never applied; recorded as a gap, and the partition goes on at \(offsets.upperBound)",
    ]
    if let halt = standing.haltedReason { lines.append("it was halted for: \(halt)") }
    return lines.joined(separator: "\n")
  }

  func json(_ standing: PartitionStanding, _ note: OperatorNote) -> JSONValue {
    [
      "topic": .string(topic), "partition": .integer(Int64(partition)),
      "first_offset": .integer(offsets.lowerBound), "last_offset": .integer(offsets.upperBound - 1),
      "offsets": .integer(Int64(offsets.count)), "still_in_the_log": .integer(held),
      "log_start_offset": .integer(log.lowerBound), "log_end_offset": .integer(log.upperBound),
      "halted_reason": standing.haltedReason.map { .string($0) } ?? .null,
      "done_by": .string(note.user), "reason": .string(note.reason),
    ]
  }
}

/// What must be so in the log before offsets of it are given up.
private struct LogProof {
  private let invocation: Invocation
  private let identity: StreamIdentity

  init(_ invocation: Invocation, _ identity: StreamIdentity) {
    self.invocation = invocation
    self.identity = identity
  }

  /// The partition's log, if it is the one that was read before and holds the offset.
  func range(for standing: PartitionStanding, skippingTo offset: Int64) throws -> Range<Int64> {
    let configuration = try Brokers.configuration(invocation)
    let scout = try TopicScout(configuration: configuration, topic: identity.topic)
    defer { scout.close(within: .seconds(2)) }
    let sighting = try scout.sight(for: identity.group)
    if let refusal = identity.mismatch(with: sighting) { throw CommandFailure(refusal) }
    let range = sighting.logRanges[Int(standing.partition)]
    if range.upperBound < standing.nextOffset {
      throw refusal(
        "another_log",
        "the log ends at \(range.upperBound), before the position \(standing.nextOffset):"
          + " it was truncated or recreated", hint: "adopt the topic anew (teller stream adopt)")
    }
    guard range.lowerBound <= offset, offset <= range.upperBound else {
      throw refusal(
        "not_in_log",
        "offset \(offset) is not in the log of partition \(standing.partition), which holds"
          + " \(range.lowerBound) to \(range.upperBound)",
        hint:
          "skip to an offset from \(max(range.lowerBound, standing.nextOffset + 1)) to \(range.upperBound)")
    }
    try proveSame(standing, range, KafkaLogReader(configuration: configuration, topic: identity.topic))
    return range
  }

  /// A skip over a recreated log would mix two logs in one incarnation, and halt at once.
  private func proveSame(
    _ standing: PartitionStanding, _ range: Range<Int64>, _ reader: KafkaLogReader
  ) throws {
    for anchor in [standing.anchors.checkpoint, standing.anchors.last].compactMap(\.self)
    where anchor.offset >= range.lowerBound {
      guard try reader.anchor(at: anchor.offset, of: standing.partition) == anchor else {
        throw refusal(
          "another_log",
          "the record at offset \(anchor.offset) is not the one that was decided: the topic was recreated",
          hint: "adopt the topic anew (teller stream adopt); there is nothing to skip in another log")
      }
    }
  }

  private func refusal(_ code: String, _ what: String, hint: String) -> CommandFailure {
    CommandFailure(.wrongUsage, code: code, what: what, meaning: "nothing was changed", hint: hint)
  }
}
