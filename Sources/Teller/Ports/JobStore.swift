/// A writer thread's session with the database: one guarded transaction at a time, written as two pipelines.
///
/// Call order: `begin`, `claim`, (handler's load), `drawSequence`, `synchronize`, [more rounds], (handler's persist),
/// `endHandlerPart`, `record`, `commit`; `rollback` after any failure that left the connection standing. Everything
/// but `synchronize`, `commit`, `rollback`, `reconnect` and `resolve` only appends. The conformance suite in
/// TellerTestKit is the contract in full; the real and the simulated store both pass it.
public protocol JobStore<Transaction>: AnyObject, SendableMetatype {
  /// The pipeline that handlers append to.
  associatedtype Transaction
  /// The open pipeline.
  var transaction: Transaction { get }

  /// Opens the transaction with its guard. A guard that does not match fails `synchronize` as `fenced`.
  func begin(_ fence: Fence) throws(StoreFailure)
  /// Claims sorted keys. Plainly: an existing key fails as `claimConflict`. Carefully: existing keys are found out.
  func claim(_ claims: [KeyClaim], carefully: Bool) throws(StoreFailure)
  /// Whose statements follow: the engine's or the handler's. It decides what a data error means.
  func enter(_ part: TransactionPart)
  /// Draws the batch's sequence number, behind every lock.
  func drawSequence() throws(StoreFailure)
  /// Sends what was appended, ends with a Sync and waits for all results.
  func synchronize() throws(StoreFailure)
  /// After a careful claim and `synchronize`: for each claim the earlier decision, nil where the claim is new.
  func knownKeys() throws(StoreFailure) -> [KnownKey?]
  /// The number drawn last.
  func sequence() throws(StoreFailure) -> Int64
  /// Ends the handler's statements: deferred constraints are checked here, so that they count as the handler's.
  func endHandlerPart() throws(StoreFailure)
  /// Appends the batch's row and the exceptions among its outcomes.
  func record(_ outcomes: BatchOutcomes, as commit: BatchCommit) throws(StoreFailure)
  /// Sends what was appended without waiting for results. Only crash points need it.
  func push() throws(StoreFailure)
  /// Sends the write phase with COMMIT, calls `sent`, and waits for the tag.
  func commit(sent: () -> Void) throws(StoreFailure)
  /// What the commit that was acknowledged last told beside its tag; nil where that is not known: then the events are
  /// made from the tables.
  func facts() -> CommitFacts?
  /// Ends a failed transaction; the connection is usable afterwards or `disconnected` is thrown.
  func rollback() throws(StoreFailure)
  /// Opens the connection anew, whatever its state.
  func reconnect() throws(StoreFailure)
  /// Finds out what became of a COMMIT whose answer was lost, by a locked read that waits for the old backend.
  func resolve(_ fence: Fence) throws(StoreFailure) -> CommitResolution
}

extension JobStore {
  /// Nothing is known: a store that publishes nothing needs no more.
  public func facts() -> CommitFacts? { nil }
}

/// Whose statements a stretch of the pipeline holds.
public enum TransactionPart: Sendable {
  /// The engine's own: a data error in them is nobody's record.
  case engine
  /// The handler's: a data error in them belongs to one of the batch's records.
  case handler
}
