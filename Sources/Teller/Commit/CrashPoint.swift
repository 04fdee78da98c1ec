/// Named places on a record's way at which tests kill or stop the process. In production reaching one does nothing.
public enum CrashPoint: String, CaseIterable, Sendable {
  /// A partition was assigned; the database does not know yet.
  case assignBeforeTakeover = "assign.beforeTakeover"
  /// The epoch is raised; reading has not begun.
  case assignAfterTakeover = "assign.afterTakeover"
  /// Records are popped and decoded; no transaction is open.
  case batchBeforeBegin = "batch.beforeBegin"
  /// The guard has been sent.
  case batchAfterFence = "batch.afterFence"
  /// The claims have been sent.
  case batchAfterDedup = "batch.afterDedup"
  /// The read phase is answered: guard, claims and account locks are held.
  case batchAfterLock = "batch.afterLock"
  /// The write phase is written, COMMIT is not.
  case batchAfterPersist = "batch.afterPersist"
  /// COMMIT is on its way.
  case commitSent = "commit.sent"
  /// COMMIT is answered; the process has not acted on it.
  case commitAcknowledged = "commit.acknowledged"
  /// A revocation arrived.
  case revokeBeforeDrain = "revoke.beforeDrain"
  /// The batch in flight is done.
  case revokeBeforeUnassign = "revoke.beforeUnassign"
  /// Events were given to the client; none is reported.
  case publishAfterProduce = "publish.afterProduce"
  /// Events are reported as written; the cursor stands before them.
  case publishAfterReport = "publish.afterReport"
  /// The cursor has moved.
  case publishAfterCursor = "publish.afterCursor"
  /// Everything is drained; the group is still joined.
  case shutdownBeforeClose = "shutdown.beforeClose"
}

/// What happens when a crash point is reached. Tests arm one; everywhere else none is.
public struct CrashPoints: Sendable {
  private let armed: Set<CrashPoint>
  private let strike: @Sendable (CrashPoint) -> Void

  /// Nothing happens anywhere.
  public static let none = CrashPoints(armed: []) { _ in }

  /// Calls `strike` each time one of `armed` is reached.
  public init(armed: Set<CrashPoint>, strike: @escaping @Sendable (CrashPoint) -> Void) {
    self.armed = armed
    self.strike = strike
  }

  func isArmed(_ point: CrashPoint) -> Bool { armed.contains(point) }

  func reach(_ point: CrashPoint) {
    if armed.contains(point) { strike(point) }
  }
}
