import CommandTable
import EventLog
import KafkaClient
import Synchronization
import Teller
import TellerKafka

/// `teller outcomes`: what is decided, as the outcomes topic tells it.
enum OutcomesCommand: ProgramCommand {
  static let command = Command(
    ["outcomes"], summary: "print what is decided, as it is published",
    discussion: """
      Reads the topic's outcome events, each once and in order within its partition, and stops at their
      present end; with --follow goes on until SIGINT, SIGTERM or what --until-count and --timeout say.
      PostgreSQL is not asked: teller outcome asks it.

      With --account prints what debits or opens that account, from its one partition. With --key prints
      what became of one request, and ends with 0 where it was applied, with 1 where it was rejected, is
      dead, or was not decided in time; with --follow it waits for that.
      """,
    example: """
      teller outcomes
      teller outcomes --follow --account acct-00000042
      teller outcomes --follow --key order-4711 --timeout 30
      """,
    options: [
      Option("--follow", .flag, isInFile: false, help: "Go on with what is published later."),
      Option("--account", .string, "ID", isInFile: false, help: "Only what debits or opens this account."),
      Option("--key", .string, "KEY", isInFile: false, help: "Only what became of this idempotency key."),
      Option(
        "--from", .choice(["earliest", "end"]), "WHERE",
        defaultText: "end with --follow and no --key, else earliest", isInFile: false,
        help: "Where to begin."),
      Option(
        "--until-count", .integer, "N", range: 1...Int64.max, isInFile: false,
        help: "Stop after so many events."),
      Option(
        "--timeout", .duration, "SECONDS", defaultText: "none", isInFile: false,
        help: "With --follow: stop after so long."),
      Option(
        "--partitioner", .choice(Partitioner.allCases.map(\.rawValue)), "NAME", defaultValue: "murmur2",
        help: "How the stream's producers place keys: finds the partition of --account."),
    ], shared: [SharedOptions.kafka])

  static func run(_ invocation: Invocation, _ output: Output) throws -> ExitCode {
    let wish = try OutcomesWish(invocation)
    let configuration = try Brokers.configuration(invocation)
    let hasEnded = Ended()
    let signals = StopSignals { hasEnded.set() }
    defer { signals.cancel() }
    let reader = try open(configuration, wish)
    defer { reader.close(within: .seconds(5)) }
    if wish.follows {
      output.log.info("following", ["topic": wish.topic, "partitions": Int64(reader.partitions.count)])
    }
    var printer = OutcomesPrinter(wish: wish, output: output)
    let deadline = wish.timeout.map { ContinuousClock.now + $0 }
    while !hasEnded.isSet, deadline.map({ ContinuousClock.now < $0 }) ?? true {
      do throws(OutcomeReadFailure) {
        if let delivery = try reader.next(within: .milliseconds(100)) {
          if printer.take(delivery) { break }
          continue
        }
      } catch {
        try printer.take(error)
      }
      printer.tell(reader.holes)
      if !wish.follows || printer.sawDead, reader.hasReachedStartingEnd { break }
    }
    return printer.exitCode
  }

  private static func open(_ configuration: KafkaConfiguration, _ wish: OutcomesWish) throws -> OutcomeReader
  {
    do throws(LogFailure) {
      guard let account = wish.account else {
        return try OutcomeReader(configuration: configuration, topic: wish.topic, from: wish.start)
      }
      return try OutcomeReader(
        configuration: configuration, topic: wish.topic, account: account, partitioner: wish.partitioner,
        from: wish.start)
    } catch {
      guard error.code == "NO_TOPIC" else { throw CommandFailure(error) }
      throw CommandFailure(
        .wrongUsage, code: "no_topic", what: error.message, meaning: "nothing was read",
        hint: "check --topic and --brokers; teller status says whether a worker publishes")
    }
  }

  /// Set by a signal, looked at by the loop.
  private final class Ended: Sendable {
    private let flag = Atomic<Bool>(false)
    var isSet: Bool { flag.load(ordering: .acquiring) }
    func set() { flag.store(true, ordering: .releasing) }
  }
}
