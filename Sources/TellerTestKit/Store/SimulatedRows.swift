public import Ledger
public import Teller

/// An adopted stream.
public struct SimulatedStreamRow: Sendable {
  /// What was adopted.
  public var identity: StreamIdentity
  /// Why the whole stream stands still.
  public var haltedReason: String?
}

/// The guarded row of one partition.
public struct SimulatedOwnerRow: Sendable {
  /// The stream it belongs to.
  public var stream: Int32
  /// Kafka's partition number.
  public var partition: Int32
  /// The fencing token.
  public var epoch: Int64
  /// The process that holds the epoch.
  public var owner: String
  /// Where the stream began.
  public var startOffset: Int64
  /// The first offset not yet decided.
  public var nextOffset: Int64
  /// What the log looked like there.
  public var anchors: Anchors
  /// Why the partition stands still.
  public var haltedReason: String?

  var row: OwnerRow { OwnerRow(epoch: epoch, owner: owner, nextOffset: nextOffset) }
}

/// A key's place in the deduplication table.
public struct SimulatedKey: Hashable, Sendable {
  /// The stream that remembers it.
  public let stream: Int32
  /// The key.
  public let key: IdempotencyKey
}

/// One committed batch.
public struct SimulatedBatchRow: Sendable {
  /// The partition.
  public var partition: PartitionID
  /// Its offsets.
  public var offsets: Range<Int64>
  /// The epoch under which it was committed.
  public var epoch: Int64
  /// Its place in the serial order.
  public var sequence: Int64
  /// The number of the history that decided it.
  public var history: Int32 = 1
  /// The database's clock at the guard, in microseconds since 1970.
  public var decidedAt: Int64 = 0
}

/// How far a partition's events are published.
public struct SimulatedCursorRow: Equatable, Sendable {
  /// The epoch that moved it last.
  public var epoch: Int64 = 0
  /// The first offset whose event may not be published yet.
  public var published: Int64
  /// Why publishing stands still; nil: it does not.
  public var trouble: String?
}

/// A confirmed hole in the offsets.
public struct SimulatedGap: Hashable, Sendable {
  /// The partition.
  public let partition: PartitionID
  /// The offsets without a record.
  public let offsets: Range<Int64>
}

/// An account's row, at the surrogate id that is its key in the table.
public struct SimulatedAccount: Sendable {
  /// The account's id, as bytes: two spellings of one character are two accounts.
  public var name: [UInt8]
  /// Balance, version, overdraft limit and currency.
  public var state: AccountState
  /// The balance with which it was opened.
  public var openingBalance: Int64
  /// The opening's place in the serial order.
  public var openedBy: Int64
  /// The record that opened it; nil for an opening from outside.
  public var openedAt: Location?
}

/// One applied transfer in the journal.
public struct SimulatedEntry: Sendable {
  /// The record that asked for it.
  public var location: Location
  /// Surrogate id of the debited account.
  public var debit: Int32
  /// Surrogate id of the credited account.
  public var credit: Int32
  /// In minor units.
  public var amount: Int64
  /// The debited account's balance and version after it.
  public var debitAfter: (balance: Int64, version: Int64)
  /// The credited account's balance and version after it.
  public var creditAfter: (balance: Int64, version: Int64)
}
