public import Teller

/// What the conformance checks need of a store, beside the store itself.
///
/// Each check wants a harness of its own, whose stream has at least two partitions that begin at offset 0 and
/// nothing decided.
public protocol StoreHarness: Sendable {
  /// The store under test.
  associatedtype Store: JobStore
  /// A session that is connected.
  func makeStore() throws -> Store
  /// Raises a partition's epoch and names its owner.
  func takeOver(_ partition: Int32, owner: String) throws -> Ownership
  /// The guarded row, as committed.
  func ownerRow(of partition: Int32) throws -> OwnerRow
  /// The outcome view of one partition, in offset order.
  func outcomes(of partition: Int32) throws -> [ObservedOutcome]
  /// Confirmed holes of one partition, in offset order.
  func gaps(of partition: Int32) throws -> [Range<Int64>]
  /// The batches of all partitions in the order of their sequence numbers.
  func batches() throws -> [ObservedBatch]
  /// Cuts the store's connection from outside; it finds out with its next round trip.
  func cut(_ store: Store) throws
  /// Returns as soon as some session waits for another's lock.
  func untilSomeoneWaits() throws
}

/// One row of the outcome view.
public struct ObservedOutcome: Equatable, Sendable, CustomStringConvertible {
  /// The record's offset.
  public let offset: Int64
  /// `applied`, `rejected`, `duplicate` or `dead`.
  public let outcome: String
  /// The code, where the outcome has one.
  public let code: String?

  /// A row of the view.
  public init(_ offset: Int64, _ outcome: String, _ code: String? = nil) {
    self.offset = offset
    self.outcome = outcome
    self.code = code
  }

  /// One line for the person who reads it.
  public var description: String { "\(offset) \(outcome)" + (code.map { " \($0)" } ?? "") }
}

/// One row of the batch table.
public struct ObservedBatch: Equatable, Sendable {
  /// The database's number of the partition.
  public let partition: PartitionID
  /// Its offsets.
  public let offsets: Range<Int64>
  /// The epoch under which it was committed.
  public let epoch: Int64
  /// Its place in the serial order.
  public let sequence: Int64

  /// A row of the table.
  public init(partition: PartitionID, offsets: Range<Int64>, epoch: Int64, sequence: Int64) {
    self.partition = partition
    self.offsets = offsets
    self.epoch = epoch
    self.sequence = sequence
  }
}

/// A check that a store did not pass.
public struct ConformanceFailure: Error, CustomStringConvertible {
  /// What was expected and what was found.
  public let description: String
}
