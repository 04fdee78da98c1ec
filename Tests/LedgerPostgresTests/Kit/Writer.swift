import Ledger
import PostgresClient
import TellerTestKit

@testable import LedgerPostgres
@testable import Teller
@testable import TellerPostgres

/// One partition's real writer, over a log in memory and the real database.
///
/// `@unchecked Sendable`: a test uses it on one thread at a time.
final class Writer: @unchecked Sendable {
  typealias Handler = LedgerHandler<JSONTransferDecoder>
  typealias Partition = PartitionWriter<Handler, PostgresStore, SimulatedLog, SimulatedLogReader>

  /// It stopped, and says why.
  struct Stopped: Error {
    let stop: WorkStop
  }

  let partition: Partition
  private let events = Signal<[WorkerEvent]>([])
  private let broker: SimulatedBroker
  private var session: WriterSession<Handler, PostgresStore>
  /// Keeps the log alive, whose queue is read.
  private let log: SimulatedLog

  init(
    _ bench: Bench, _ ownership: Ownership, _ configuration: PostgresConfiguration, batch: BatchLimits,
    crashPoints: CrashPoints, claimsKeys: Bool, publisher: Publisher? = nil
  ) throws {
    broker = bench.broker
    log = SimulatedLog(broker)
    let start = ContinuousClock.now
    var context = WriterContext<SimulatedLog, SimulatedLogReader>(
      stream: bench.stream, log: log, reader: SimulatedLogReader(broker), limits: batch,
      recordLimits: RecordLimits(), crashPoints: crashPoints, claimsKeys: claimsKeys,
      signals: WorkerSignals(),
      now: { ContinuousClock.now - start },
      report: { [events] event in events.withLock { $0.append(event) } })
    context.publisher = publisher
    let source = try log.source(for: ownership.partition)
    try log.assign([PartitionStart(partition: ownership.partition, offset: ownership.nextOffset)])
    partition = Partition(
      ownership, source: source, context: context, recentKeysMax: 1_000, verifiedDisturbance: 0,
      isRevoked: { false })
    session = WriterSession(
      store: PostgresStore(configuration, stream: bench.stream),
      handler: LedgerHandler(decoder: JSONTransferDecoder(topic: bench.stream.topic)))
  }

  /// Works until everything in the log is decided.
  func drain() throws {
    while partition.next < broker.ranges[Int(partition.ownership.partition)].upperBound {
      if case .stopped(let stop) = partition.work(&session) { throw Stopped(stop: stop) }
    }
  }

  /// Drains on a thread of its own.
  func drainInBackground() -> InBackground<Void> { InBackground { try self.drain() } }

  /// SQLSTATE or message of every failure that was mended.
  var retries: [String] {
    events.withLock { $0 }.compactMap { event in
      guard case .retrying(_, let failure) = event else { return nil }
      return failure.code ?? failure.message
    }
  }

  /// Batches committed.
  var commits: Int {
    events.withLock { $0 }.count { if case .committed = $0 { true } else { false } }
  }
}
