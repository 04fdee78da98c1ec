/// What the order says to an event that was read.
public enum OutcomeVerdict: Equatable, Sendable {
  /// It is next, and here it is, with those that waited for it behind it.
  case taken([OutcomeDelivery])
  /// It was taken before, or later ones were: dropped.
  case repeated
  /// One before it is missing: it waits.
  case held
}

/// An event in its order.
public struct OutcomeDelivery: Equatable, Sendable {
  /// What became of a record.
  public let event: OutcomeEvent
  /// The event's own offset in the outcomes topic.
  public let position: Int64
  /// It tells otherwise of an offset that was told before: the database lost a commit (a failover to a standby that was
  /// behind), and this one is the truth. What was done on the strength of the former has to be looked at.
  public let contradicts: Bool
  /// How far the partition is read with it.
  public let standing: OutcomeStanding
}

/// A partition whose reader waits for an event that is missing.
public struct OutcomeHole: Equatable, Sendable {
  /// The origin partition.
  public let partition: Int32
  /// The life of the topic of the first event behind the hole.
  public let incarnation: Int32
  /// The offset whose event is missing just before that one.
  public let missing: Int64
  /// How many events wait.
  public let held: Int
  /// The lowest offset in the outcomes topic of those that wait.
  public let position: Int64

  init(partition: Int32, next: OutcomeEvent, held: Int, position: Int64) {
    self.partition = partition
    incarnation = next.incarnation
    missing = next.previousOffset ?? next.origin.offset
    self.held = held
    self.position = position
  }
}

/// Why an event cannot be put in order.
public struct OutcomeOrderError: Error, Equatable, Sendable {
  /// The kinds, for programs.
  public enum Code: String, Sendable {
    /// It is of another topic or partition than where it stands.
    case otherStream
    /// Its history has the number of another one.
    case otherHistory
    /// Too many events wait behind a hole.
    case holeTooLong
  }

  /// The kind.
  public let code: Code
  /// The partition.
  public let partition: Int32
  /// What is wrong, in words.
  public let cause: String
  /// What to do.
  public let hint: String

  init(_ code: Code, partition: Int32, cause: String, hint: String) {
    self.code = code
    self.partition = partition
    self.cause = cause
    self.hint = hint
  }
}

extension OutcomeOrderError: CustomStringConvertible {
  /// All of it in one line.
  public var description: String { "partition \(partition): \(cause) (\(hint))" }
}
