public import Teller

/// A writer's session with the simulated database. Strict: a call out of order fails as `unexpected`.
public final class SimulatedStore: JobStore {
  private enum Phase {
    case idle, open, failed
  }

  /// The open pipeline.
  public let transaction = SimulatedTransaction()
  private let database: SimulatedDatabase
  private let session: Int
  private var phase = Phase.idle
  private var isConnected = true
  private var working: SimulatedTables?
  private var fence: Fence?
  private var known: [KnownKey?] = []
  private var drawn: Int64?
  /// What the batch under way will tell with its commit, and what the last one told.
  private var recorded: CommitFacts?
  private var told: CommitFacts?

  /// A session that is connected already.
  public init(_ database: SimulatedDatabase) {
    self.database = database
    self.session = database.newSession()
  }

  deinit { database.release(session) }

  /// Opens the transaction; the guard runs with the first round trip.
  public func begin(_ fence: Fence) throws(StoreFailure) {
    try require(.idle, "begin")
    phase = .open
    self.fence = fence
    known = []
    drawn = nil
    (recorded, told) = (nil, nil)
    transaction.clear()
    transaction.append { (tables) throws(StoreFailure) in try tables.pass(fence) }
  }

  /// Appends the claims, which must be sorted.
  public func claim(_ claims: [KeyClaim], carefully: Bool) throws(StoreFailure) {
    try require(.open, "claim")
    guard zip(claims, claims.dropFirst()).allSatisfy({ $0.key.bits < $1.key.bits }) else {
      throw StoreFailure(.unexpected, message: "claims must be sorted, each key once")
    }
    guard let partition = fence?.partition else { return }
    transaction.append { [self] (tables) throws(StoreFailure) in
      known = try tables.claim(claims, in: partition, carefully: carefully)
    }
  }

  /// Whose statements follow.
  public func enter(_ part: TransactionPart) { transaction.part = part }

  /// Appends the draw; the number is gone even after a rollback.
  public func drawSequence() throws(StoreFailure) {
    try require(.open, "drawSequence")
    transaction.append { [self] _ in drawn = database.drawSequence() }
  }

  /// Takes the lock, if it is not held, and runs what was appended.
  public func synchronize() throws(StoreFailure) {
    try require(.open, "synchronize")
    try strike(.synchronize)
    try runWaiting()
  }

  /// What the last claim found.
  public func knownKeys() throws(StoreFailure) -> [KnownKey?] { known }

  /// The number drawn last.
  public func sequence() throws(StoreFailure) -> Int64 {
    guard let drawn else { throw StoreFailure(.unexpected, message: "no sequence number was drawn") }
    return drawn
  }

  /// Checks nothing: constraints are checked at once here.
  public func endHandlerPart() throws(StoreFailure) { try require(.open, "endHandlerPart") }

  /// Appends the batch and its exceptions.
  public func record(_ outcomes: BatchOutcomes, as commit: BatchCommit) throws(StoreFailure) {
    try require(.open, "record")
    let epoch = fence?.epoch ?? 0
    transaction.append { [self] (tables) throws(StoreFailure) in
      try tables.record(outcomes, as: commit, epoch: epoch)
      recorded = tables.facts(of: outcomes, commit)
    }
  }

  /// Sends nothing: there is no wire.
  public func push() throws(StoreFailure) { try require(.open, "push") }

  /// Runs what was appended, makes it all visible and lets the lock go.
  public func commit(sent: () -> Void) throws(StoreFailure) {
    try require(.open, "commit")
    sent()
    let fault = database.faults.next(.commit)
    if case .commitLost = fault {} else { try fail(fault) }
    try runWaiting()
    guard case .commitLost(let tookEffect) = fault else {
      let facts = recorded
      end(committing: working)
      told = facts
      return
    }
    end(committing: tookEffect ? working : nil)
    isConnected = false
    throw StoreFailure(.disconnected(commitInDoubt: true), message: "the answer to COMMIT was lost")
  }

  /// What the last commit told, unless a fault says otherwise.
  public func facts() -> CommitFacts? { database.faults.next(.facts) == nil ? told : nil }

  /// Forgets the transaction and lets the lock go.
  public func rollback() throws(StoreFailure) {
    end(committing: nil)
    try requireConnection()
    try strike(.rollback)
  }

  /// Stands again, unless a fault says otherwise.
  public func reconnect() throws(StoreFailure) {
    end(committing: nil)
    isConnected = false
    try strike(.reconnect)
    isConnected = true
  }

  /// Waits for the lock and reads the owner row.
  public func resolve(_ fence: Fence) throws(StoreFailure) -> CommitResolution {
    try require(.idle, "resolve")
    try strike(.resolve)
    let tables = try database.acquire(session)
    database.release(session)
    guard let owner = tables.owners[fence.partition] else {
      throw StoreFailure(.broken, message: "there is no owner row \(fence.partition.value)")
    }
    return CommitResolution(owner.row, against: fence)
  }

  /// The server ends the session; the store finds out with its next call.
  func cut() {
    end(committing: nil)
    isConnected = false
  }

  private func requireConnection() throws(StoreFailure) {
    guard isConnected else {
      throw StoreFailure(.disconnected(commitInDoubt: false), message: "there is no connection")
    }
  }

  private func require(_ wanted: Phase, _ call: String) throws(StoreFailure) {
    try requireConnection()
    guard phase == wanted else {
      throw StoreFailure(.unexpected, code: "25P02", message: "`\(call)` in a transaction that is \(phase)")
    }
  }

  private func runWaiting() throws(StoreFailure) {
    do throws(StoreFailure) {
      var tables: SimulatedTables
      if let working { tables = working } else { tables = try database.acquire(session) }
      working = nil
      try transaction.run(on: &tables)
      working = tables
    } catch {
      abort()
      throw error
    }
  }

  private func strike(_ step: SimulatedFaults.Step) throws(StoreFailure) {
    try fail(database.faults.next(step))
  }

  private func fail(_ fault: SimulatedFaults.Fault?) throws(StoreFailure) {
    switch fault {
    case nil: return
    case .disconnected, .commitLost:
      end(committing: nil)
      isConnected = false
      throw StoreFailure(.disconnected(commitInDoubt: false), code: "57P01", message: "simulated disconnect")
    case .failed(let kind):
      abort()
      throw StoreFailure(kind, message: "simulated failure")
    }
  }

  /// The transaction is over at the server, which waits for a rollback.
  private func abort() {
    let wasOpen = phase != .idle
    end(committing: nil)
    if wasOpen { phase = .failed }
  }

  private func end(committing tables: SimulatedTables?) {
    database.release(session, committing: tables)
    working = nil
    phase = .idle
    (recorded, told) = (nil, nil)
    transaction.clear()
  }
}
