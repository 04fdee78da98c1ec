/// The publisher's session with the database: how far each partition is published, and what the tables tell of offsets
/// whose memory is gone. Its own connection: publishing never waits for a batch.
public protocol PublicationStore: AnyObject {
  /// Reads the cursors of partitions that this process owns. One that has another owner by now is left out.
  func openCursors(_ ownerships: [Ownership]) throws(StoreFailure) -> [PublicationCursor]
  /// Moves cursors: only forward, only for the current epoch and owner, never past `next_offset`; clears their trouble.
  /// - Returns: the partitions whose cursor stands at the wish now; one that is missing has another owner, or went back.
  func move(_ wishes: [CursorMove]) throws(StoreFailure) -> Set<PartitionID>
  /// What was decided in a range, a stretch for each batch, ascending and without holes; ends early after about `rowsMax`
  /// rows, and where the range goes beyond what is decided.
  func decided(
    in range: Range<Int64>, of partition: PartitionID, rowsMax: Int
  ) throws(StoreFailure) -> [DecidedStretch]
  /// The random id of each history, by its number.
  func histories() throws(StoreFailure) -> [Int32: UInt128]
  /// Writes down why publishing of these partitions stands still.
  func note(trouble: String, of partitions: [PartitionID]) throws(StoreFailure)
  /// Opens the connection anew.
  func reconnect() throws(StoreFailure)
}

/// How far a partition's events are published.
public struct PublicationCursor: Equatable, Sendable {
  /// The database's number for the partition.
  public let partition: PartitionID
  /// The first offset whose event may not be published yet.
  public let published: Int64
  /// The decided offset before it, nil where there is none in this incarnation.
  public let previous: Int64?
  /// The first offset not yet decided.
  public let decided: Int64

  /// A cursor from its parts.
  public init(partition: PartitionID, published: Int64, previous: Int64?, decided: Int64) {
    self.partition = partition
    self.published = published
    self.previous = previous
    self.decided = decided
  }
}

/// A wish to move a cursor.
public struct CursorMove: Equatable, Sendable {
  /// The database's number for the partition.
  public let partition: PartitionID
  /// The epoch under which it is owned.
  public let epoch: Int64
  /// The owner's name.
  public let owner: String
  /// The first offset whose event may not be published yet.
  public let published: Int64

  /// A wish from its parts.
  public init(partition: PartitionID, epoch: Int64, owner: String, published: Int64) {
    self.partition = partition
    self.epoch = epoch
    self.owner = owner
    self.published = published
  }
}
