import CommandTable

/// `teller worker`: owns partitions and applies their records in offset order.
enum WorkerCommand: ProgramCommand {
  static let command = Command(
    ["worker"], summary: "apply a topic's transfers to PostgreSQL",
    discussion: """
      Joins the consumer group and applies the records of the partitions it is given, in offset order.
      Each batch is one guarded transaction. Start as many as you like: a partition has one owner at a
      time, and a late one is fenced.

      Stops at SIGTERM or SIGINT after the batches in hand, or, with --until-idle, when nothing has come
      for that long.

      The first worker on a topic adopts it: cluster, partition count, partitioner and group are recorded,
      and a worker that finds others later refuses to start (exit code 2). Exit code 1: a partition is
      halted.
      """,
    example: """
      teller worker --brokers localhost:9092 --postgres postgres://teller@localhost/teller
      teller worker --until-idle 5 --json
      """,
    options: [
      SharedOptions.group,
      Option(
        "--writers", .integer, "N", environment: "TELLER_WRITERS", defaultText: "one per core",
        range: 1...256,
        help: "Writer threads, each with a connection of its own; they share the partitions."),
      Option(
        "--until-idle", .duration, "SECONDS", environment: "TELLER_UNTIL_IDLE",
        defaultText: "run until stopped",
        range: 1...86_400, help: "End well when no record has come for this long."),
      Option(
        "--read-ahead", .bytes, "BYTES", environment: "TELLER_READ_AHEAD", defaultValue: "64MiB",
        range: 1_048_576...17_179_869_184,
        help: "Records fetched before they are asked for; divided among the topic's partitions."),
      Option(
        "--partitioner", .choice(["murmur2", "crc32", "fnv1a", "unverified"]), "NAME",
        environment: "TELLER_PARTITIONER", defaultText: "murmur2 at adoption, later what was recorded",
        help: "How the producers place keys: murmur2 (Java), crc32 (librdkafka's default), fnv1a (Sarama)."),
      Option(
        "--start", .choice(["earliest", "end", "group"]), "WHERE", environment: "TELLER_START",
        defaultText: "offset 0, if the log still begins there",
        help: "Where adoption starts: the log's beginning, its end, or the group's committed offsets."),
    ], shared: [SharedOptions.kafka, SharedOptions.postgres])

  static func run(_ invocation: Invocation, _ output: Output) throws -> ExitCode {
    throw CommandFailure.notConnected("worker")
  }
}
