/// A job type's own part of a batch: *load → decide → persist*, inside the engine's one guarded transaction.
///
/// `load` and `persist` only append statements to the batch's pipeline, so a handler costs no round trips of
/// its own. Only `decide` holds rules, and it is pure: no clock, no I/O, no randomness. A handler belongs to one
/// writer thread. What it remembers between batches may only be what an acknowledged commit wrote.
public protocol JobHandler<Job, Transaction>: SendableMetatype {
  /// A decoded request.
  associatedtype Job: Sendable
  /// The store's pipeline, to which statements are appended.
  associatedtype Transaction

  /// Reads one record. Bytes are input: nothing in them may crash.
  /// - Parameters:
  ///   - key: the record's key; empty where it has none.
  ///   - value: the record's value, never absent here.
  mutating func decode(key: RawSpan, value: RawSpan) -> Decoded<Job>

  /// Appends what reads and locks the rows that `jobs` touch, in the one global lock order.
  mutating func load(_ jobs: [BatchJob<Job>], in transaction: Transaction) throws(StoreFailure)

  /// Reads what came back. May append more statements and ask for another turn.
  mutating func loaded(in transaction: Transaction) throws(StoreFailure) -> LoadStep

  /// Decides one job, in offset order; called once for each job whose key is new, after loading is complete.
  mutating func decide(_ job: BatchJob<Job>) -> Decision

  /// Appends what makes the decisions durable.
  mutating func persist(_ commit: BatchCommit, in transaction: Transaction) throws(StoreFailure)

  /// Appends the request of a decided job to its outcome event, as one JSON value.
  /// - Parameter value: the record's value.
  func appendRequest(_ job: BatchJob<Job>, value: RawSpan, to text: inout [UInt8])

  /// Appends what an applied job changed to its outcome event, as members of a JSON object (`"balance":12`), without a
  /// comma around them. Called after the commit and before `committed`, in offset order, once for each applied job.
  mutating func appendEffect(_ job: BatchJob<Job>, to text: inout [UInt8])

  /// What the event says in that place of a job that changed nothing (`"balance":null`); empty: nothing.
  static var noEffect: String { get }

  /// The batch's commit was acknowledged: what it wrote may be remembered.
  mutating func committed()

  /// Forgets everything remembered: after a rollback, a reconnect or a takeover.
  mutating func forget()
}

extension JobHandler {
  /// The value as it was sent: right where requests are JSON, which `decode` has then seen to.
  public func appendRequest(_ job: BatchJob<Job>, value: RawSpan, to text: inout [UInt8]) {
    // The pointer is used within the closure only.
    unsafe value.withUnsafeBytes { unsafe text.append(contentsOf: $0) }
  }

  /// Nothing: the event says that it was applied, and no more.
  public mutating func appendEffect(_ job: BatchJob<Job>, to text: inout [UInt8]) {}

  /// Nothing.
  public static var noEffect: String { "" }
}

/// Whether a handler has all it needs to decide.
public enum LoadStep: Sendable {
  /// All rows are loaded and locked.
  case complete
  /// More statements were appended; run them, then ask again.
  case more
  /// The rows changed under the handler; roll back and run the batch again.
  case startOver
}

/// Where and when a batch is committed: what rows may refer to.
public struct BatchCommit: Sendable {
  /// The log partition, as one small integer for incarnation and partition.
  public let partition: PartitionID
  /// Ordering by (sequence, offset) is a serial order that explains every decision.
  public let sequence: Int64

  package init(partition: PartitionID, sequence: Int64) {
    self.partition = partition
    self.sequence = sequence
  }
}

/// One partition of one incarnation of a stream, as a small integer of the database.
public struct PartitionID: Hashable, Sendable {
  /// The integer.
  public let value: Int32

  /// An identifier as the database gave it.
  public init(_ value: Int32) { self.value = value }
}
