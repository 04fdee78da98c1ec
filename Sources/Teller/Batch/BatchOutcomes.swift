/// What a batch records besides its claims: the exceptions. A claimed offset that is not in here was applied.
public struct BatchOutcomes: Sendable {
  /// A final refusal.
  public struct Refusal: Equatable, Sendable {
    /// The record's offset.
    public let offset: Int64
    /// The handler's code.
    public let code: String
  }

  /// A key that had been decided before.
  public struct Repeat: Equatable, Sendable {
    /// The record's offset.
    public let offset: Int64
    /// The key.
    public let key: IdempotencyKey
    /// What this request means.
    public let fingerprint: Fingerprint
    /// Where the key was first decided.
    public let first: Location
    /// Same key, other meaning: rejected with `idempotency_key_reused`.
    public let isReuse: Bool
  }

  /// Refused for good, ascending by offset.
  public internal(set) var refusals: [Refusal] = []
  /// Repeats and reuses, ascending by offset.
  public internal(set) var repeats: [Repeat] = []
  /// Undecidable records, ascending by offset.
  public internal(set) var dead: [DeadRecord] = []
  /// Offsets without a record, confirmed.
  public internal(set) var gaps: [Range<Int64>] = []
  /// How many were applied.
  public internal(set) var appliedCount = 0
  /// The batch's first offset.
  public internal(set) var from: Int64 = 0
  /// The offset behind its last.
  public internal(set) var to: Int64 = 0
}

extension Decision {
  /// The code with which the engine refuses a key that comes back with another meaning.
  public static let idempotencyKeyReused = "idempotency_key_reused"
}
