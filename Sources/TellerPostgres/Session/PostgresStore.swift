public import PostgresClient
public import Teller

/// A writer thread's session with PostgreSQL: the guarded transaction as two pipelines on one connection.
///
/// Lock order, the same in every process and release: owner row → keys, sorted → the handler's rows → sequence.
public final class PostgresStore: JobStore {
  /// The batch's pipeline, as handlers see it.
  public let transaction = PostgresTransaction()
  let configuration: PostgresConfiguration
  let stream: StreamIdentity
  private var fenceTicket: PostgresTransaction.Ticket?
  private var sequenceTicket: PostgresTransaction.Ticket?
  var claimsTicket: PostgresTransaction.Ticket?
  var claims: [KeyClaim] = []
  var fence: Fence?
  /// What the batch under way will tell with its commit.
  var factTickets: FactTickets?
  /// The same of a commit that was acknowledged.
  private(set) var committedFacts: FactTickets?
  private var isInTransaction = false

  /// A session that connects at its first use.
  public init(_ configuration: PostgresConfiguration, stream: StreamIdentity) {
    self.configuration = configuration
    self.stream = stream
  }

  /// Appends BEGIN and the guarded statement that advances the partition's row (SQLSTATE `TL001` where it is
  /// not as believed).
  public func begin(_ fence: Fence) throws(StoreFailure) {
    if transaction.connection == nil { try reconnect() }
    precondition(!isInTransaction, "a batch begins only after the one before has ended")
    transaction.start()
    self.fence = fence
    claimsTicket = nil
    forgetFacts()
    isInTransaction = true
    // Each statement must see what its locks waited for, whatever the role's default.
    try transaction.send(sql: "begin isolation level read committed")
    fenceTicket = try transaction.send(BatchStatements.fence) { parameters in
      parameters.int4(fence.partition.value)
      parameters.int8(fence.epoch)
      parameters.text(fence.owner)
      parameters.int8(fence.from)
      parameters.int8(fence.to)
      parameters.int8(fence.anchors.last?.offset)
      parameters.bytea(fence.anchors.last?.digest)
      parameters.int8(fence.anchors.checkpoint?.offset)
      parameters.bytea(fence.anchors.checkpoint?.digest)
    }
  }

  /// Statements appended from here on belong to this part: their errors are judged by it.
  public func enter(_ part: TransactionPart) { transaction.part = part }

  /// Appends the drawing of the batch's sequence number; called while all locks are held.
  public func drawSequence() throws(StoreFailure) {
    sequenceTicket = try transaction.send(BatchStatements.sequence)
  }

  /// Sends what was appended and waits for all answers.
  public func synchronize() throws(StoreFailure) { try transaction.synchronize() }

  /// The number that `drawSequence` drew.
  public func sequence() throws(StoreFailure) -> Int64 {
    guard let sequenceTicket else { throw Self.outOfOrder }
    return try transaction.read(sequenceTicket) { rows throws(PostgresError) in try rows.int8(0, 0) }
  }

  /// Appends `SET CONSTRAINTS ALL IMMEDIATE`: deferred checks belong to the handler's part.
  public func endHandlerPart() throws(StoreFailure) {
    try transaction.send(sql: "set constraints all immediate")
  }

  /// The database's clock at the fence, in its own units.
  func decidedAt() throws(StoreFailure) -> Int64 {
    guard let fenceTicket else { throw Self.outOfOrder }
    return try transaction.read(fenceTicket) { rows throws(PostgresError) in try rows.timestamptz(0, 0) }
  }

  /// Sends what was appended without waiting.
  public func push() throws(StoreFailure) {
    do throws(PostgresError) {
      try transaction.connection?.push()
    } catch {
      throw StoreFailure(error)
    }
  }

  /// Appends COMMIT, sends it, reads all answers. A connection lost after it was sent leaves the result
  /// unknown.
  public func commit(sent: () -> Void) throws(StoreFailure) {
    let tag: String
    do throws(StoreFailure) {
      // Inside: what libpq holds back may leave when it closes the connection, COMMIT included.
      try transaction.send(sql: "commit")
      try transaction.synchronize(sent: sent)
      tag = try transaction.lastTag()
    } catch {
      // From the flush of COMMIT on, a lost connection says nothing about the commit.
      guard case .disconnected = error.kind else { throw error }
      throw StoreFailure(
        .disconnected(commitInDoubt: true), code: error.code, message: error.message, hint: error.hint)
    }
    // COMMIT of a failed transaction succeeds, with another tag.
    guard tag == "COMMIT" else {
      throw StoreFailure(.conflict, message: "COMMIT was answered with \(tag)")
    }
    committedFacts = factTickets
    isInTransaction = false
  }

  /// Ends the transaction without effect; answers still under way are read and dropped.
  public func rollback() throws(StoreFailure) {
    forgetFacts()
    isInTransaction = false
    do throws(PostgresError) {
      try transaction.connection?.drain()
      try transaction.connection?.sendRollback()
      try transaction.connection?.drain()
    } catch {
      throw StoreFailure(error)
    }
  }

  /// Opens the session anew, as a pipeline, on a server whose history is recorded. A standby counts as away.
  public func reconnect() throws(StoreFailure) {
    forgetFacts()
    isInTransaction = false
    transaction.connection = nil
    do throws(PostgresError) {
      transaction.connection = try ServerLife.connect(configuration)
      try transaction.connection?.beginPipeline()
    } catch {
      throw StoreFailure(error)
    }
  }

  /// Finds out under the owner row's lock whether a lost COMMIT took place; never raises the epoch.
  public func resolve(_ fence: Fence) throws(StoreFailure) -> CommitResolution {
    forgetFacts()
    transaction.start()
    let ticket = try transaction.send(BatchStatements.resolve) { $0.int4(fence.partition.value) }
    try transaction.synchronize()
    let row = try transaction.read(ticket) { rows throws(PostgresError) -> OwnerRow? in
      guard rows.count == 1 else { return nil }
      return OwnerRow(
        epoch: try rows.int8(0, 0), owner: try rows.text(0, 1), nextOffset: try rows.int8(0, 2))
    }
    guard let row else {
      throw StoreFailure(
        .unexpected, message: "the partition's row is gone",
        hint: "Is this the database the stream was adopted in?")
    }
    return CommitResolution(row, against: fence)
  }

  private func forgetFacts() {
    factTickets = nil
    committedFacts = nil
  }

  private static let outOfOrder = StoreFailure(
    .unexpected, message: "a batch's steps were taken out of order")
}
