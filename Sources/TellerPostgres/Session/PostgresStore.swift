public import PostgresClient
public import Teller

/// A writer thread's session with PostgreSQL: the guarded transaction as two pipelines on one connection.
///
/// Lock order, the same in every process and release: owner row → keys, sorted → the handler's rows → sequence.
public final class PostgresStore: JobStore {
  public let transaction = PostgresTransaction()
  let configuration: PostgresConfiguration
  let stream: StreamIdentity
  private var fenceTicket: PostgresTransaction.Ticket?
  private var sequenceTicket: PostgresTransaction.Ticket?
  var claimsTicket: PostgresTransaction.Ticket?
  var claims: [KeyClaim] = []
  var fence: Fence?
  private var isInTransaction = false

  /// A session that connects at its first use.
  public init(_ configuration: PostgresConfiguration, stream: StreamIdentity) {
    self.configuration = configuration
    self.stream = stream
  }

  public func begin(_ fence: Fence) throws(StoreFailure) {
    if transaction.connection == nil { try reconnect() }
    precondition(!isInTransaction, "a batch begins only after the one before has ended")
    transaction.start()
    self.fence = fence
    claimsTicket = nil
    isInTransaction = true
    try transaction.send(sql: "begin")
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

  public func enter(_ part: TransactionPart) { transaction.part = part }

  public func drawSequence() throws(StoreFailure) {
    sequenceTicket = try transaction.send(BatchStatements.sequence)
  }

  public func synchronize() throws(StoreFailure) { try transaction.synchronize() }

  public func sequence() throws(StoreFailure) -> Int64 {
    guard let sequenceTicket else { throw Self.outOfOrder }
    return try transaction.read(sequenceTicket) { rows throws(PostgresError) in try rows.int8(0, 0) }
  }

  public func endHandlerPart() throws(StoreFailure) {
    try transaction.send(sql: "set constraints all immediate")
  }

  /// The database's clock at the fence, in its own units.
  func decidedAt() throws(StoreFailure) -> Int64 {
    guard let fenceTicket else { throw Self.outOfOrder }
    return try transaction.read(fenceTicket) { rows throws(PostgresError) in try rows.timestamptz(0, 0) }
  }

  public func push() throws(StoreFailure) {
    do throws(PostgresError) {
      try transaction.connection?.push()
    } catch {
      throw StoreFailure(error)
    }
  }

  public func commit(sent: () -> Void) throws(StoreFailure) {
    try transaction.send(sql: "commit")
    let tag: String
    do throws(StoreFailure) {
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
    isInTransaction = false
  }

  public func rollback() throws(StoreFailure) {
    isInTransaction = false
    do throws(PostgresError) {
      try transaction.connection?.drain()
      try transaction.connection?.sendRollback()
      try transaction.connection?.drain()
    } catch {
      throw StoreFailure(error)
    }
  }

  public func reconnect() throws(StoreFailure) {
    isInTransaction = false
    transaction.connection = nil
    do throws(PostgresError) {
      transaction.connection = try Connection.open(configuration)
      try transaction.connection?.beginPipeline()
    } catch {
      throw StoreFailure(error)
    }
  }

  public func resolve(_ fence: Fence) throws(StoreFailure) -> CommitResolution {
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

  private static let outOfOrder = StoreFailure(
    .unexpected, message: "a batch's steps were taken out of order")
}
