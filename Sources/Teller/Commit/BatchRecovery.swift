/// What to do about a failed batch: a state machine that bounds every repetition. Pure: it waits for nothing itself.
///
/// Source of the classes: PostgreSQL 15, appendix A (SQLSTATE). What a handler's data can cause is halved down to the
/// record, which is dead if it fails twice alone; what nobody knows, or what the engine's own statements cause, halts
/// the partition; only schema, privileges or login and internal errors (42, 28, XX) stop the process. Nothing loops.
struct BatchRecovery: Sendable {
  /// The next step.
  enum Action: Equatable, Sendable {
    /// Roll back and run the same batch again after a pause.
    case rerun(after: Duration)
    /// Roll back and run it again, asking for existing keys first.
    case rerunCarefully
    /// Open the connection anew after a pause; then run it again, or, with the commit in doubt, find out first.
    case reconnect(after: Duration)
    /// Roll back, halve the batch, run the halves.
    case halve
    /// Roll back and make the only job of the batch dead.
    case declareDead
    /// The guard did not match.
    case fenced(OwnerRow)
    /// Stop this partition; the others go on.
    case halt(String)
    /// Stop the process.
    case stop(StoreFailure)
  }

  /// A batch that conflicts this often in a row without a commit is not unlucky, it is stuck.
  static let conflictsMax = 50
  /// A single record is refused this often before it is dead.
  static let refusalsMax = 2

  /// A batch that is too slow this often is halved.
  static let slowMax = 2

  private var conflicts = 0
  private var slow = 0
  private var refusals = 0
  private var waits = 0
  /// The connection is gone; nothing can be asked before it is opened anew.
  private(set) var mustReconnect = false
  /// A COMMIT was sent and never answered. Stays so until a locked read has spoken.
  private(set) var isInDoubt = false

  /// - Parameter jobs: how many jobs the failed stretch holds.
  mutating func failed(_ failure: StoreFailure, jobs: Int) -> Action {
    switch failure.kind {
    case .fenced(let row): return .fenced(row)
    case .claimConflict: return .rerunCarefully
    // Not while a commit is in doubt: the halves would know nothing of it.
    case .tooSlow where jobs > 1 && !isInDoubt:
      slow += 1
      return slow < Self.slowMax ? .rerun(after: .zero) : .halve
    case .conflict, .tooSlow:
      conflicts += 1
      guard conflicts <= Self.conflictsMax else {
        return .halt("the batch met \(conflicts) conflicts in a row; the last: \(failure)")
      }
      return .rerun(after: Self.backoff(conflicts, first: .milliseconds(2), most: .milliseconds(200)))
    case .disconnected(let inDoubt):
      // A failed attempt to reconnect or to ask says nothing about the commit: the doubt stays.
      isInDoubt = isInDoubt || inDoubt
      mustReconnect = true
      waits += 1
      return .reconnect(after: Self.backoff(waits - 1, first: .milliseconds(50), most: .seconds(2)))
    case .contended:
      waits += 1
      return .rerun(after: Self.backoff(waits, first: .milliseconds(2), most: .seconds(1)))
    case .exhausted:
      waits += 1
      return .rerun(after: Self.backoff(waits, first: .milliseconds(500), most: .seconds(5)))
    case .refused: return refused(failure, jobs: jobs)
    case .unexpected: return .halt(failure.description)
    case .broken: return .stop(failure)
    }
  }

  /// The connection stands again.
  mutating func reconnected() { mustReconnect = false }

  /// The locked read has spoken: the batch is to be run again.
  mutating func resolved() { isInDoubt = false }

  private mutating func refused(_ failure: StoreFailure, jobs: Int) -> Action {
    if jobs > 1 { return .halve }
    if jobs == 0 { return .halt("the database refused a batch without jobs: \(failure)") }
    refusals += 1
    return refusals < Self.refusalsMax ? .rerun(after: .zero) : .declareDead
  }

  /// Doubles from `first` up to `most`; the caller adds jitter.
  static func backoff(_ attempt: Int, first: Duration, most: Duration) -> Duration {
    guard attempt > 0 else { return .zero }
    return min(first * (1 << min(attempt - 1, 20)), most)
  }
}
