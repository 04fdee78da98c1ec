public import Teller

/// A partition of one incarnation, as an audit compares it with the topics.
public struct AuditedPartition: Sendable {
  /// The database's number for it.
  public let id: Int32
  /// The life of the topic.
  public let incarnation: Int32
  /// Kafka's number.
  public let partition: Int32
  /// Where the stream began.
  public let start: Int64
  /// The first offset that is not decided.
  public let next: Int64
  /// The first offset whose event may not be published yet.
  public let published: Int64
  /// Whether the incarnation is the one that is worked on.
  public let isOpen: Bool
}

/// What was decided about an offset, as an outcome event tells it.
public struct AuditedOutcome: Sendable {
  /// The record's offset.
  public let offset: Int64
  /// `applied`, `rejected`, `duplicate` or `dead`.
  public let outcome: String
  /// The code; nil for null.
  public let code: String?
  /// The idempotency key's bits; nil for a dead record without one.
  public let key: UInt128?
  /// What was decided first, for repeats.
  public let first: FirstDecision?
  /// The epoch that decided.
  public let epoch: Int64
  /// When, as events write it.
  public let decidedAt: String
  /// The number of the history that decided.
  public let history: Int32
  /// The decided offset before it; nil for the first of its incarnation.
  public let previous: Int64?
}

/// A dead record, as its dead letter shows it.
public struct AuditedDeath: Sendable {
  /// The record's offset.
  public let offset: Int64
  /// The cause.
  public let code: String
  /// The cause in words.
  public let reason: String
  /// SHA-256 of the key; nil for null.
  public let keyDigest: [UInt8]?
  /// SHA-256 of the value; nil for null.
  public let valueDigest: [UInt8]?
  /// The key's size; nil for null.
  public let keyBytes: Int32?
  /// The value's size; nil for null.
  public let valueBytes: Int32?
  /// The number of the history that decided.
  public let history: Int32
  /// The dead offset before it; nil for the first of its incarnation.
  public let previous: Int64?
}

/// Offsets that a gap covers.
public struct AuditedGap: Sendable {
  /// The offsets.
  public let range: Range<Int64>
  /// Whether an operator gave them up: they may hold records.
  public let isGivenUp: Bool
}
