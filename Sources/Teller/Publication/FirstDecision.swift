/// What was decided first about a key, and where: what a repeat is told.
public struct FirstDecision: Equatable, Sendable {
  /// Nil: it was applied; else the code with which it was rejected.
  public let code: String?
  /// Where in the stream: the life of the topic.
  public let incarnation: Int32
  /// Kafka's partition number.
  public let partition: Int32
  /// The record's offset.
  public let offset: Int64

  /// A first decision from its parts.
  public init(code: String?, incarnation: Int32, partition: Int32, offset: Int64) {
    self.code = code
    self.incarnation = incarnation
    self.partition = partition
    self.offset = offset
  }
}

/// What the world is told about one offset.
public enum Told: Equatable, Sendable {
  /// The effect took place.
  case applied
  /// Refused for good.
  case rejected(code: String)
  /// The same request was decided before.
  case duplicate(FirstDecision)
  /// The key was decided before with another meaning.
  case reused(FirstDecision)
  /// It can never be decided, for this cause.
  case dead(code: String)

  /// The outcome's name.
  public var outcome: String {
    switch self {
    case .applied: "applied"
    case .rejected, .reused: "rejected"
    case .duplicate: "duplicate"
    case .dead: "dead"
    }
  }

  /// The code, where there is one.
  public var code: String? {
    switch self {
    case .applied, .duplicate: nil
    case .rejected(let code), .dead(let code): code
    case .reused: Decision.idempotencyKeyReused
    }
  }

  /// What was decided first, for repeats.
  public var first: FirstDecision? {
    switch self {
    case .duplicate(let first), .reused(let first): first
    case .applied, .rejected, .dead: nil
    }
  }
}
