import Ledger
import TellerTestKit
import Testing

@testable import Teller

typealias SimulatedWriter = PartitionWriter<
  SimulatedLedgerHandler, SimulatedStore, SimulatedLog, SimulatedLogReader
>

/// One stream over the simulated ports, whose writers are driven by hand on one thread.
final class PartitionRig {
  let broker: SimulatedBroker
  let database = SimulatedDatabase()
  let log: SimulatedLog
  let clock = SimulatedClock()
  let signals = WorkerSignals()
  let stream: StreamIdentity
  let events = Signal<[WorkerEvent]>([])
  let isRevoked = Signal(false)
  private(set) var context: WriterContext<SimulatedLog, SimulatedLogReader>
  var session: WriterSession<SimulatedLedgerHandler, SimulatedStore>

  init(
    partitions: Int = 1, batch: BatchLimits = BatchLimits(), crashPoints: CrashPoints = .none,
    deadAlarm: DeadAlarmResponse = .warn
  ) throws {
    broker = SimulatedBroker(partitions: partitions)
    log = SimulatedLog(broker)
    stream = try SimulatedOwnershipStore(database).openStream(broker.sighting())
    let (clock, events) = (clock, events)
    var context = WriterContext(
      stream: stream, log: log, reader: SimulatedLogReader(broker), limits: batch,
      recordLimits: RecordLimits(),
      crashPoints: crashPoints, claimsKeys: true, signals: signals, now: { clock.now },
      report: { event in events.withLock { $0.append(event) } })
    context.sleep = { clock.advance(by: $0) }
    context.deadAlarm = deadAlarm
    self.context = context
    session = WriterSession(
      store: SimulatedStore(database), handler: SimulatedLedgerHandler(topic: broker.topic))
  }

  /// Something happens whenever a writer waits, and time passes.
  func whileWaiting(_ body: @escaping @Sendable () -> Void) {
    let clock = clock
    context.sleep = { step in
      clock.advance(by: step)
      body()
    }
  }

  /// What is committed from now on is handed over.
  func publish(to publisher: Publisher) { context.publisher = publisher }

  /// Accounts that the tests move money between.
  func openAccounts(_ names: String..., balance: Int64 = 1_000) throws {
    let euro = try #require(Currency("EUR"))
    for name in names { database.open(name, balance: balance, currency: euro) }
  }

  /// Another session, as another writer thread or process has one.
  func newSession() -> WriterSession<SimulatedLedgerHandler, SimulatedStore> {
    WriterSession(store: SimulatedStore(database), handler: SimulatedLedgerHandler(topic: broker.topic))
  }

  /// Takes a partition over and gives its writer, reading from where the database says.
  func takeOver(_ partition: Int32 = 0, owner: String = "a", recentKeysMax: Int = 64) throws
    -> SimulatedWriter
  {
    let ownership = try SimulatedOwnershipStore(database).takeOver(partition, of: stream, owner: owner)
    let source = SimulatedSource(broker, partition: partition)
    source.seek(ownership.nextOffset)
    let isRevoked = isRevoked
    return SimulatedWriter(
      ownership, source: source, context: context, recentKeysMax: recentKeysMax,
      verifiedDisturbance: signals.disturbance, isRevoked: { isRevoked.withLock { $0 } })
  }

  /// One turn of a writer, as a word.
  func work(_ writer: SimulatedWriter) -> String { word(writer.work(&session)) }

  func word(_ result: WorkResult) -> String {
    switch result {
    case .idle: "idle"
    case .more: "more"
    case .stopped(.fenced): "fenced"
    case .stopped(.wentBack): "went back"
    case .stopped(.reread): "reread"
    case .stopped(.halted(let reason)): "halted: \(reason)"
    case .stopped(.streamHalted(let reason)): "stream halted: \(reason)"
    case .stopped(.revoked): "revoked"
    case .stopped(.storeBroken): "store broken"
    case .stopped(.logFatal): "log fatal"
    }
  }

  /// The outcome view of a partition, in offset order: `0 applied`, `1 rejected insufficient_funds`.
  func outcomes(_ partition: Int32 = 0) -> [String] {
    let tables = database.tables
    let id = tables.partitionID(partition, of: stream.id)
    return tables.outcomes.filter { $0.location.partition == id }
      .sorted { $0.location.offset < $1.location.offset }
      .map { ["\($0.location.offset)", $0.kind.rawValue, $0.code].compactMap(\.self).joined(separator: " ") }
  }

  func position(_ partition: Int32 = 0) -> Int64? {
    let tables = database.tables
    return tables.partitionID(partition, of: stream.id).flatMap { tables.owners[$0]?.nextOffset }
  }

  func balance(_ account: String) -> Int64? {
    let tables = database.tables
    return tables.accountIDs[Array(account.utf8)].flatMap { tables.accounts[$0]?.state.balance }
  }

  /// The books are right.
  func audit(sourceLocation: SourceLocation = #_sourceLocation) {
    let violations = LedgerAuditor(database, broker).violations()
    #expect(violations.isEmpty, "\(violations)", sourceLocation: sourceLocation)
  }
}
