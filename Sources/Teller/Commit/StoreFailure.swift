/// What went wrong in the store, in the words the engine acts on. Business refusals never come this way.
public struct StoreFailure: Error, Equatable, Sendable {
  /// What the engine must do about it.
  public enum Kind: Equatable, Sendable {
    /// The guard did not match; these are the row's actual values.
    case fenced(OwnerRow)
    /// The plain insert met a key that exists: run again, asking first.
    case claimConflict
    /// A deadlock or a serialization failure: run the same batch again.
    case conflict
    /// Others hold what we need, or the world changed meanwhile: run it again, with pauses, however often.
    case contended
    /// A statement took too long: run the batch again, then in smaller pieces.
    case tooSlow
    /// The connection is gone, or the server cannot serve. In doubt: COMMIT had been sent and not answered.
    case disconnected(commitInDoubt: Bool)
    /// Disk or memory is exhausted: wait, never skip.
    case exhausted
    /// The database refused the handler's data: find the record by halving.
    case refused
    /// Nobody planned for this one: halt the partition.
    case unexpected
    /// Schema, privilege or server defect: stop the process.
    case broken
  }

  /// What the engine must do.
  public let kind: Kind
  /// The SQLSTATE, where the server gave one.
  public let code: String?
  /// What happened, for the person at the terminal.
  public let message: String
  /// What to do about it.
  public let hint: String?

  /// A failure from its parts.
  public init(_ kind: Kind, code: String? = nil, message: String, hint: String? = nil) {
    self.kind = kind
    self.code = code
    self.message = message
    self.hint = hint
  }
}

extension StoreFailure: CustomStringConvertible {
  /// What happened, in one line; never a record's contents.
  public var description: String {
    [code.map { "[\($0)]" }, message, hint.map { "(\($0))" }].compactMap(\.self).joined(separator: " ")
  }
}

/// The guarded row of a partition as the database has it.
public struct OwnerRow: Equatable, Sendable {
  /// The fencing token: it only grows.
  public let epoch: Int64
  /// The process that holds the epoch.
  public let owner: String
  /// The first offset not yet decided.
  public let nextOffset: Int64

  /// A row's values.
  public init(epoch: Int64, owner: String, nextOffset: Int64) {
    self.epoch = epoch
    self.owner = owner
    self.nextOffset = nextOffset
  }
}
