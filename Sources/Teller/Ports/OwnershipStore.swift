/// The ownership thread's session with the database: who owns which partition, and from where.
public protocol OwnershipStore: AnyObject {
  /// Finds the stream, adopts it where that is safe without a choice, and checks that it is the same one.
  func openStream(_ sighting: StreamSighting) throws(StreamRefusal) -> StreamIdentity
  /// Raises the epoch of one partition and names its owner. Waits for a predecessor's commit in flight.
  func takeOver(_ partition: Int32, of stream: StreamIdentity, owner: String) throws(StoreFailure)
    -> Ownership
  /// Writes why a partition stands still, if it is still ours.
  func halt(_ ownership: Ownership, reason: String) throws(StoreFailure)
  /// Writes why the whole stream stands still.
  func haltStream(_ stream: StreamIdentity, reason: String) throws(StoreFailure)
  /// Every partition's position as committed.
  func positions(of stream: StreamIdentity) throws(StoreFailure) -> [PartitionPosition]
  /// Raises the history when the server is not the one seen before. Returns the sentence for the log, if it did.
  func observeServer() throws(StoreFailure) -> String?
  /// Raises the history: the database went back behind a position that had been committed.
  func raiseHistory(reason: String) throws(StoreFailure)
  /// Opens the connection anew.
  func reconnect() throws(StoreFailure)
}

/// The control connection: watches the process's own waiting backends and evicts what blocks them, narrowly.
public protocol BlockerWatch: AnyObject {
  /// Looks once. Returns a sentence for each backend that was terminated.
  func look() throws(StoreFailure) -> [String]
  /// Opens the connection anew.
  func reconnect() throws(StoreFailure)
}

/// What a takeover gave.
public struct Ownership: Equatable, Sendable {
  /// Kafka's partition number.
  public let partition: Int32
  /// The database's number for it.
  public let id: PartitionID
  /// The fencing token.
  public let epoch: Int64
  /// The worker process.
  public let owner: String
  /// Where to start.
  public let nextOffset: Int64
  /// What the log looked like there.
  public let anchors: Anchors

  /// An ownership from the row.
  public init(
    partition: Int32, id: PartitionID, epoch: Int64, owner: String, nextOffset: Int64, anchors: Anchors
  ) {
    self.partition = partition
    self.id = id
    self.epoch = epoch
    self.owner = owner
    self.nextOffset = nextOffset
    self.anchors = anchors
  }
}

/// How far one partition is.
public struct PartitionPosition: Equatable, Sendable {
  /// Kafka's partition number.
  public let partition: Int32
  /// The first offset not yet decided.
  public let nextOffset: Int64
  /// The first offset whose event may not be published yet.
  public let publishedOffset: Int64
  /// Why it stands still, nil where it does not.
  public let haltedReason: String?

  /// A position from its rows.
  public init(partition: Int32, nextOffset: Int64, publishedOffset: Int64, haltedReason: String?) {
    self.partition = partition
    self.nextOffset = nextOffset
    self.publishedOffset = publishedOffset
    self.haltedReason = haltedReason
  }
}
