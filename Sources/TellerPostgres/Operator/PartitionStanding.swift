public import PostgresClient
public import Teller

/// A partition of a stream's open incarnation, as an operator finds it.
public struct PartitionStanding: Equatable, Sendable {
  /// Kafka's partition number.
  public let partition: Int32
  /// The database's number for it.
  public let id: PartitionID
  /// The fencing token.
  public let epoch: Int64
  /// The worker process that owns it; empty for none.
  public let owner: String
  /// Whether a session of that process is connected to this database now.
  public let isOwnerAlive: Bool
  /// The next offset to decide.
  public let nextOffset: Int64
  /// What the log looked like before it.
  public let anchors: Anchors
  /// Why it stands still; nil: it does not.
  public let haltedReason: String?

  init(_ partition: Int32, _ rows: Rows) throws(PostgresError) {
    self.partition = partition
    id = PartitionID(try rows.int4(0, 0))
    epoch = try rows.int8(0, 1)
    owner = try rows.text(0, 2)
    nextOffset = try rows.int8(0, 3)
    anchors = Anchors(last: try Self.anchor(rows, 4), checkpoint: try Self.anchor(rows, 6))
    haltedReason = try rows.optionalText(0, 8)
    isOwnerAlive = try rows.bool(0, 9)
  }

  private static func anchor(_ rows: Rows, _ column: Int) throws(PostgresError) -> Anchor? {
    try rows.isNull(0, column)
      ? nil : Anchor(offset: try rows.int8(0, column), digest: try rows.bytes(0, column + 1))
  }
}

/// Why an operator's wish was not done. Nothing was changed.
public enum OperatorRefusal: Error, Equatable, Sendable {
  /// The topic has no open stream with such a partition.
  case unknownPartition
  /// Nothing is halted here.
  case notHalted
  /// A worker that is alive works on it.
  case isOwned(by: String)
  /// A skip goes forward; the partition stands here.
  case goesBack(nextOffset: Int64)
  /// The partition stands elsewhere than when it was looked at.
  case moved(nextOffset: Int64)
  /// The database could not do it.
  case database(PostgresError)
}

/// Who does something to a partition or to the history, and why.
public struct OperatorNote: Equatable, Sendable {
  /// The user.
  public let user: String
  /// Why, in the person's own words.
  public let reason: String

  /// A note from its parts.
  public init(user: String, reason: String) {
    self.user = user
    self.reason = reason
  }
}
