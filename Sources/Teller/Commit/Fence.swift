/// The guard of a batch: the transaction's first statement moves the partition's row from `from` to `to` only where
/// epoch, owner and offset are as the writer believes, and otherwise raises.
///
/// Proof of safety: writer and takeover change the same row, so they are
/// totally ordered; whichever comes second sees what the first committed, or matches nothing.
public struct Fence: Sendable {
  /// The guarded partition.
  public let partition: PartitionID
  /// The epoch the writer believes it holds.
  public let epoch: Int64
  /// The worker process, one value for all its partitions.
  public let owner: String
  /// The position before the batch.
  public let from: Int64
  /// The position after it.
  public let to: Int64
  /// What the log looked like at the position after it.
  public let anchors: Anchors

  /// A guard from its parts.
  public init(
    partition: PartitionID, epoch: Int64, owner: String, from: Int64, to: Int64, anchors: Anchors
  ) {
    self.partition = partition
    self.epoch = epoch
    self.owner = owner
    self.from = from
    self.to = to
    self.anchors = anchors
  }
}

/// What a locked read of the owner row said about a COMMIT whose answer was lost.
public enum CommitResolution: Equatable, Sendable {
  /// The row stands at the batch's end: it is committed.
  case committed
  /// The row stands where it stood: the batch did not happen.
  case notCommitted
  /// Another owner holds the row by now.
  case fenced(OwnerRow)
  /// The row stands below a position that was seen committed, or somewhere impossible.
  case astray(OwnerRow)

  /// Reads the row against what the writer believed.
  public init(_ row: OwnerRow, against fence: Fence) {
    if row.epoch != fence.epoch || row.owner != fence.owner {
      self = .fenced(row)
    } else if row.nextOffset == fence.to {
      self = .committed
    } else if row.nextOffset == fence.from {
      self = .notCommitted
    } else {
      self = .astray(row)
    }
  }
}
