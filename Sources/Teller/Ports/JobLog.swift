/// A member of the consumer group: the log as the control thread sees it.
public protocol JobLog: AnyObject, Sendable {
  /// One partition's queue.
  associatedtype Source: PartitionSource
  /// Waits for the next event of the group, nil when none came in time. Only the control thread polls.
  func poll(timeout: Duration) -> LogEvent?
  /// The queue of a partition. Must be asked for before `assign`: later its records leak elsewhere.
  func source(for partition: Int32) throws(LogFailure) -> Source
  /// Starts reading, each partition at its absolute offset; replaces what was assigned.
  func assign(_ starts: [PartitionStart]) throws(LogFailure)
  /// Stops reading everything.
  func unassign() throws(LogFailure)
  /// The assignment was taken away without asking (session timeout).
  var assignmentWasLost: Bool { get }
  /// A round trip to the group's coordinator that succeeds only for a current member of the present generation.
  func proveMembership(_ positions: [PartitionStart]) throws(LogFailure)
  /// Writes positions to Kafka for lag tools, without waiting. They are never read back.
  func exportPositions(_ positions: [PartitionStart])
  /// The partition count, asked of the broker now; nil where the topic does not exist.
  func partitionCount() throws(LogFailure) -> Int32?
  /// The first offset kept and the last stable end, asked of the broker now.
  func range(of partition: Int32) throws(LogFailure) -> Range<Int64>
  /// Leaves the group. False: it did not end in time.
  func close(within limit: Duration) -> Bool
}

/// What the group's control thread hears.
public enum LogEvent: Sendable {
  /// These partitions are ours from now on.
  case assigned([Int32])
  /// All partitions are taken away. Lost: they may have a new owner already.
  case revoked(lost: Bool)
  /// Something happened after which the log must be proved the same again: a disconnect, a metadata error.
  case disturbed(String)
  /// Worth a line in the log; the client goes on by itself.
  case trouble(LogFailure)
  /// The client cannot go on.
  case fatal(LogFailure)
}

/// Where to start reading a partition.
public struct PartitionStart: Equatable, Sendable {
  /// Kafka's partition number.
  public let partition: Int32
  /// The absolute offset.
  public let offset: Int64

  /// A partition and its offset.
  public init(partition: Int32, offset: Int64) {
    self.partition = partition
    self.offset = offset
  }
}

/// One partition's queue of fetched records.
public protocol PartitionSource: AnyObject, Sendable {
  /// Takes one record, without waiting.
  func pop(into batch: inout RecordBatch) -> Popped
  /// Calls back when the queue turns from empty to readable.
  func whenReadable(_ wake: @escaping @Sendable () -> Void)
}

/// What a queue gave.
public enum Popped: Sendable {
  /// A record was appended, with this offset.
  case record(Int64)
  /// The log ends here for now.
  case end(Int64)
  /// Nothing is waiting.
  case empty
  /// Fetching stopped.
  case failed(LogFailure)
}

/// A second, group-less consumer that reads the log again: the judge of gaps and anchors.
public protocol LogReader: Sendable {
  /// Reads `range` and says which of its offsets hold records, and where the log goes on behind it.
  func scan(_ range: Range<Int64>, of partition: Int32) throws(LogFailure) -> LogScan
  /// Digests the record at an offset; nil where there is none.
  func anchor(at offset: Int64, of partition: Int32) throws(LogFailure) -> Anchor?
  /// Reads the records of a range that the log still holds, headers included; what it has lost is left out. Stops early
  /// behind about `bytesMax` bytes, then at a record: `reached` says how far it read.
  func records(
    in range: Range<Int64>, of partition: Int32, bytesMax: Int
  ) throws(LogFailure) -> (batch: RecordBatch, reached: Int64)
}

/// What a second reading of a range found.
public struct LogScan: Equatable, Sendable {
  /// Offsets with a record, ascending.
  public let offsets: [Int64]
  /// The first offset behind the range that the reader saw for itself: a record's, or the log's end.
  public let reached: Int64
  /// The first offset that the log still holds.
  public let low: Int64

  /// A scan's findings.
  public init(offsets: [Int64], reached: Int64, low: Int64) {
    self.offsets = offsets
    self.reached = reached
    self.low = low
  }

  /// Whether this second reading proves that `gaps` hold no record while the other offsets of `range` do.
  /// A range that is not wholly inside the log, or was not read to its end, proves nothing.
  func confirms(gaps: [Range<Int64>], of range: Range<Int64>) -> Bool {
    guard low <= range.lowerBound, reached >= range.upperBound else { return false }
    var next = range.lowerBound
    var holes: [Range<Int64>] = []
    for offset in offsets {
      if offset > next { holes.append(next..<offset) }
      next = offset + 1
    }
    if next < range.upperBound { holes.append(next..<range.upperBound) }
    return holes == gaps
  }
}

/// What went wrong between us and the log.
public struct LogFailure: Error, Equatable, Sendable {
  /// What the engine must do about it.
  public enum Kind: Equatable, Sendable {
    /// It heals by itself or by asking again.
    case transient
    /// The offset asked for is not in the log.
    case outOfRange
    /// The coordinator says that we are not a current member.
    case notAMember
    /// The broker refuses us: login, privilege.
    case refused
    /// Nothing can be done in this process.
    case fatal
  }

  /// What the engine must do.
  public let kind: Kind
  /// The client's name for it.
  public let code: String
  /// What happened, for the person at the terminal.
  public let message: String

  /// A failure from its parts.
  public init(_ kind: Kind, code: String, message: String) {
    self.kind = kind
    self.code = code
    self.message = message
  }
}

extension LogFailure: CustomStringConvertible {
  /// What happened, in one line.
  public var description: String { "[\(code)] \(message)" }
}
