import CommandTable
import EventLog
import Teller

/// `teller worker`: owns partitions and applies their records in offset order.
enum WorkerCommand: ProgramCommand {
  static let command = Command(
    ["worker"], summary: "apply a topic's transfers to PostgreSQL",
    discussion: """
      Joins the consumer group and applies the records of the partitions it is given, in offset order.
      Each batch is one guarded transaction. Start as many as you like: a partition has one owner at a
      time, and a late one is fenced.

      Stops at SIGTERM or SIGINT after the batches in hand (a second signal ends it at once), or, with
      --until-idle, when every partition of the topic is decided to its end and stays so for that long.

      The first worker on a topic adopts it from offset 0: cluster, partition count and group are
      recorded, and a worker that finds others later refuses to start (exit code 2). So is the partitioner,
      checked against the keys that are there; a record elsewhere than it says is dead as misrouted. A
      topic that no longer begins at 0, and a recreated one, is adopted with teller stream adopt.
      Exit code 1: a partition is halted.
      """,
    example: """
      teller worker --brokers localhost:9092 --postgres postgres://teller@localhost/teller
      teller worker --until-idle 5 --json
      """,
    options: [
      SharedOptions.group, PlacementCheck.option,
      Option(
        "--writers", .integer, "N", environment: "TELLER_WRITERS", defaultText: "one per core",
        range: 1...256,
        help: "Writer threads, each with a connection of its own; they share the partitions."),
      Option(
        "--until-idle", .duration, "SECONDS", environment: "TELLER_UNTIL_IDLE",
        defaultText: "run until stopped",
        range: 1...86_400, help: "End when all partitions are decided to the log's end for this long."),
      Option(
        "--read-ahead", .bytes, "BYTES", environment: "TELLER_READ_AHEAD", defaultValue: "64MiB",
        range: 1_048_576...17_179_869_184,
        help: "Records fetched before they are asked for; divided among the topic's partitions."),
      Option(
        "--dead-alarm", .choice(DeadAlarmResponse.allCases.map(\.rawValue)), "RESPONSE",
        environment: "TELLER_DEAD_ALARM", defaultValue: DeadAlarmResponse.warn.rawValue,
        help:
          "When more than half of a partition's last 1,000 records are dead: log it as an error and go on, or"
          + " halt the partition before the batch that would cross the bound."),
      Option(
        "--without-outcomes", .flag, environment: "TELLER_WITHOUT_OUTCOMES",
        help: "Publish neither outcome events nor dead letters; a later worker without this publishes them."),
      Option(
        "--allow-unknown-fields", .flag, environment: "TELLER_ALLOW_UNKNOWN_FIELDS",
        help: "Ignore fields of a request that are not known, instead of refusing it as invalid_request."),
    ], shared: [SharedOptions.kafka, SharedOptions.postgres])

  static func run(_ invocation: Invocation, _ output: Output) throws -> ExitCode {
    let report = WorkerReport(output.log)
    let worker = try WorkerSetup(invocation: invocation, output: output, report: report).make()
    let signals = StopSignals { worker.stop() }
    defer { signals.cancel() }
    let log = output.log
    let exit = worker.run { reason in
      log.error("the watchdog ends the process", ["reason": reason])
      ProcessEnd.now(.fatal)
    }
    output.result(report.totals.text, report.totals.json)
    switch exit {
    case .stopped, .idle:
      log.info(exit == .idle ? "everything is decided" : "drained and stopped")
      return .done
    case .unpublished(let count):
      throw CommandFailure(
        .checkFailed, code: "unpublished",
        what: "everything is decided, but \(count.map { "\($0)" } ?? "an unknown number of") outcome events"
          + " are not published",
        meaning: "nothing is lost: the next worker publishes them",
        hint: "teller status says why they wait; mend that and start the worker again")
    case .halted(let partitions):
      throw CommandFailure(
        .checkFailed, code: "halted",
        what: partitions.sorted { $0.key < $1.key }.map { "partition \($0.key) is halted: \($0.value)" }
          .joined(separator: "\n  "),
        meaning: "everything before the halt is applied, nothing behind it; the other partitions are done",
        hint: """
          mend the cause and start the worker again (a running one: teller partition resume); offsets that left the log \
          are given up with teller partition skip-to; a topic that was recreated is begun anew with teller stream adopt
          """)
    case .fatal(let reason):
      output.failure(
        CommandFailure(
          .fatal, code: "fatal", what: "the worker cannot go on: \(reason)",
          meaning: "what was committed stays committed; another worker takes the partitions over",
          hint: "mend the cause, then start it again"))
      // The Kafka client may hang in its own clean-up after a fatal error; nothing of ours is left to do.
      ProcessEnd.now(.fatal)
    }
  }
}
