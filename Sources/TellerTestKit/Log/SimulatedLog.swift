public import Teller

/// A member of a simulated consumer group. The group itself is the test: it pushes the events.
public final class SimulatedLog: JobLog {
  /// What a member did so far.
  public struct Member: Sendable {
    /// Partitions that are read, with the offsets at which reading began; nil: nothing is assigned.
    public internal(set) var assigned: [PartitionStart]?
    /// How often everything was given back.
    public internal(set) var unassigns = 0
    /// What was exported last.
    public internal(set) var exported: [PartitionStart] = []
    /// The member left.
    public internal(set) var isClosed = false
    /// How often membership was proved.
    public internal(set) var proofs = 0
    var isLost = false
    var events: [LogEvent] = []
    var sources: [Int32: SimulatedSource] = [:]
  }

  private let broker: SimulatedBroker
  private let member = Signal(Member())

  /// A member that hears nothing yet.
  public init(_ broker: SimulatedBroker) {
    self.broker = broker
    broker.onAppend { [weak self] partition in self?.appended(to: partition) }
  }

  /// The group says something.
  public func push(_ event: LogEvent) {
    member.withLock { member in
      switch event {
      case .revoked(let lost): member.isLost = lost
      case .assigned: member.isLost = false
      case .disturbed, .trouble, .fatal: break
      }
      member.events.append(event)
    }
  }

  /// Waits until the member did something. False: it did not in time.
  public func wait(for limit: Duration = .seconds(20), until isSo: (Member) -> Bool) -> Bool {
    member.wait(for: limit) { isSo($0) ? true : nil } ?? false
  }

  /// The next event that was pushed.
  public func poll(timeout: Duration) -> LogEvent? {
    member.wait(for: timeout) { $0.events.isEmpty ? nil : $0.events.removeFirst() }
  }

  /// The one queue that this member has of a partition.
  public func source(for partition: Int32) throws(LogFailure) -> SimulatedSource {
    member.withLock { member in
      if let source = member.sources[partition] { return source }
      let source = SimulatedSource(broker, partition: partition)
      member.sources[partition] = source
      return source
    }
  }

  /// Moves all queues: to their start, or to nowhere.
  public func assign(_ starts: [PartitionStart]) throws(LogFailure) {
    let sources = member.withLock { member in
      member.assigned = starts
      return member.sources
    }
    for source in sources.values {
      source.seek(starts.first { $0.partition == source.partition }?.offset)
    }
  }

  /// Reads nothing any more.
  public func unassign() throws(LogFailure) {
    let sources = member.withLock { member in
      member.assigned = nil
      member.unassigns += 1
      return member.sources
    }
    for source in sources.values { source.seek(nil) }
  }

  /// The last revocation was a loss.
  public var assignmentWasLost: Bool { member.withLock { $0.isLost } }

  /// Succeeds unless the broker was told to fail it.
  public func proveMembership(_ positions: [PartitionStart]) throws(LogFailure) {
    try broker.answer(.membership)
    member.withLock { $0.proofs += 1 }
  }

  /// Keeps the positions, for the test to see.
  public func exportPositions(_ positions: [PartitionStart]) { member.withLock { $0.exported = positions } }

  /// The count as of now.
  public func partitionCount() throws(LogFailure) -> Int32? {
    try broker.answer(.count)
    return Int32(broker.ranges.count)
  }

  /// The range as of now.
  public func range(of partition: Int32) throws(LogFailure) -> Range<Int64> {
    try broker.answer(.range)
    return broker.ranges[Int(partition)]
  }

  /// Leaves at once.
  public func close(within limit: Duration) -> Bool {
    member.withLock { $0.isClosed = true }
    return true
  }

  private func appended(to partition: Int32) { member.withLock { $0.sources[partition] }?.readable() }
}
