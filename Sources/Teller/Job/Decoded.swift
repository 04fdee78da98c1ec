/// What a handler's decoder made of one record's bytes.
public enum Decoded<Job: Sendable>: Sendable {
  /// A well-formed request.
  case job(Job, key: IdempotencyKey, fingerprint: Fingerprint)
  /// A record that can never be decided. The key is given where the value decodes and its key is valid.
  case dead(DeadLetterCause, key: IdempotencyKey?)
}

/// Why a record is dead: a stable code for programs, a sentence for people.
///
/// Dead means undecided: it takes no idempotency key, and a service may resend the same key.
public struct DeadLetterCause: Hashable, Sendable {
  /// One of the documented codes, for instance `undecodable`.
  public let code: Code
  /// What was wrong, in words, without the record's own contents.
  public let reason: String

  /// A cause from its code and its sentence.
  public init(_ code: Code, _ reason: String) {
    self.code = code
    self.reason = reason
  }

  /// The documented codes, in the order in which they are checked.
  public enum Code: String, CaseIterable, Sendable {
    /// The value or the key is over its limit.
    case tooLarge = "too_large"
    /// The key is absent, hashes to another partition, or is not the key the request asks for.
    case misrouted
    /// The value is null, not UTF-8, or not of the decoder's format at all.
    case undecodable
    /// The value has the format, but not the shape, types or ranges of a request.
    case invalidRequest = "invalid_request"
    /// The database refused the effect twice, with this record alone in its batch.
    case refusedByDatabase = "refused_by_database"
  }
}
