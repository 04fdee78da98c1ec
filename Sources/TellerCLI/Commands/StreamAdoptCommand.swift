import CommandTable
import EventLog
import Teller
import TellerPostgres

/// `teller stream adopt`: chooses where a stream begins, and records what makes it the same stream tomorrow.
enum StreamAdoptCommand: ProgramCommand {
  static let command = Command(
    ["stream", "adopt"], summary: "choose where a topic is begun, or begin a recreated one",
    discussion: """
      Records cluster, partition count, partitioner, group and the first offset of each partition, by whom
      and when. Says how many offsets are left out before each start. Workers are started afterwards; one
      on a topic that still begins at offset 0 and was never adopted adopts it from there by itself.

      --from group:NAME takes what another consumer group has committed, once. It is refused while the
      group's consumers still run: they would go on handling the same records. --from offsets:FILE reads lines of 'partition offset', or
      JSON such as {"0":123}, with every partition exactly once and inside its log.

      A sample of the keys of each partition is checked against the partitioner. Where another one placed
      them it is named and nothing is adopted; single strays are counted and will be dead as misrouted.

      A recreated topic is adopted in the same way, as the next incarnation: the former one is closed in the
      same transaction, a worker that still writes to it is fenced, and idempotency keys stay remembered.
      That it is another log is found out by the records decided last; the same log is refused. Where they
      prove nothing, --next-incarnation is your word for it.
      """,
    example: """
      teller stream adopt --topic payments --from group:payments-service --partitioner crc32 --dry-run
      teller stream adopt --topic transfers --from earliest
      """,
    options: [
      Option(
        "--from", .string, "START", isRequired: true, isInFile: false,
        help: "Where to begin: earliest, end, group:NAME or offsets:FILE."),
      PlacementCheck.option, SharedOptions.group,
      Option(
        "--next-incarnation", .integer, "N", range: 2...1_000_000, isInFile: false,
        help:
          "The next incarnation's number: your word that the topic was recreated, where nothing proves it."),
      Option(
        "--other-cluster", .flag, isInFile: false,
        help: "The topic moved to this cluster for good; the old cluster's incarnation is closed."),
      ActingPerson.option,
      Option("--dry-run", .flag, isInFile: false, help: "Look, check and tell, and write nothing."),
    ], shared: [SharedOptions.kafka, SharedOptions.postgres])

  static func run(_ invocation: Invocation, _ output: Output) throws -> ExitCode {
    let settings = try AdoptionSettings(invocation)
    let configuration = try Database.configuration(invocation, isReading: false)
    try Database.check(configuration)
    let store = PostgresOwnershipStore(configuration)
    let desk = AdoptionDesk(
      settings: settings, kafka: try Brokers.configuration(invocation), store: store, log: output.log)
    let prepared = try desk.prepare()
    prepared.check.tell(output.log)
    var incarnation = (prepared.adoption.former?.identity.incarnation ?? 0) + 1
    if !settings.isDryRun {
      do throws(StreamRefusal) {
        incarnation = try store.adopt(prepared.adoption).incarnation
      } catch { throw CommandFailure(error) }
    }
    let notice = AdoptionNotice(
      adoption: prepared.adoption, check: prepared.check, incarnation: incarnation,
      isDryRun: settings.isDryRun, isCopy: prepared.isCopy)
    output.result(notice.text, notice.json)
    return .done
  }
}
