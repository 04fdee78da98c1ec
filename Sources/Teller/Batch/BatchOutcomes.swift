/// What a batch records besides its claims: the exceptions. A claimed offset that is not in here was applied.
public struct BatchOutcomes: Sendable {
  /// A final refusal.
  public struct Refusal: Equatable, Sendable {
    /// The record's offset.
    public let offset: Int64
    /// The handler's code.
    public let code: String

    package init(offset: Int64, code: String) {
      self.offset = offset
      self.code = code
    }
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

    package init(
      offset: Int64, key: IdempotencyKey, fingerprint: Fingerprint, first: Location, isReuse: Bool
    ) {
      self.offset = offset
      self.key = key
      self.fingerprint = fingerprint
      self.first = first
      self.isReuse = isReuse
    }
  }

  /// Refused for good, ascending by offset.
  public package(set) var refusals: [Refusal] = []
  /// Repeats and reuses, ascending by offset.
  public package(set) var repeats: [Repeat] = []
  /// Undecidable records, ascending by offset.
  public package(set) var dead: [DeadRecord] = []
  /// Offsets without a record, confirmed.
  public package(set) var gaps: [Range<Int64>] = []
  /// How many were applied.
  public package(set) var appliedCount = 0
  /// The batch's first offset.
  public package(set) var from: Int64 = 0
  /// The offset behind its last.
  public package(set) var to: Int64 = 0

  package init() {}
}

extension Decision {
  /// The code with which the engine refuses a key that comes back with another meaning.
  public static let idempotencyKeyReused = "idempotency_key_reused"
}
