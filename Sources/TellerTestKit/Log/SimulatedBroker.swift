public import Teller

/// One record as the simulated log keeps it.
public struct SimulatedRecord: Equatable, Sendable {
  /// Nil for null.
  public var key: [UInt8]?
  /// Nil for null.
  public var value: [UInt8]?
  /// Milliseconds since 1970.
  public var timestamp: Int64
  /// In order.
  public var headers: [RecordHeader]

  /// A record from its parts.
  public init(
    key: [UInt8]?, value: [UInt8]?, timestamp: Int64 = 1_700_000_000_000, headers: [RecordHeader] = []
  ) {
    self.key = key
    self.value = value
    self.timestamp = timestamp
    self.headers = headers
  }

  /// A record of two texts.
  public init(_ key: String, _ value: String) { self.init(key: Array(key.utf8), value: Array(value.utf8)) }
}

/// A topic in memory: partitions with offsets, holes and an end. Safe from any thread.
public final class SimulatedBroker: Sendable {
  /// What a client can ask, and be refused.
  public enum Question: Hashable, Sendable {
    case count, range, scan, anchor, membership, pop
  }

  struct Partition: Sendable {
    var records: [Int64: SimulatedRecord] = [:]
    /// Everything ever written, what retention removed included.
    var archive: [Int64: SimulatedRecord] = [:]
    var low: Int64 = 0
    var end: Int64 = 0

    /// The first record at or behind an offset.
    func next(from offset: Int64) -> Int64? {
      var offset = max(offset, low)
      while offset < end {
        if records[offset] != nil { return offset }
        offset += 1
      }
      return nil
    }
  }

  private struct State {
    var partitions: [Partition]
    var readers: [@Sendable (Int32) -> Void] = []
    var failures: [Question: [LogFailure]] = [:]
  }

  /// The cluster's id.
  public let clusterID: String
  /// The topic's name.
  public let topic: String
  /// How `send` places keys.
  public let partitioner: Partitioner
  private let state: Signal<State>

  /// An empty topic.
  public init(
    topic: String = "transfers", partitions: Int = 1, clusterID: String = "simulated",
    partitioner: Partitioner = .murmur2
  ) {
    self.topic = topic
    self.clusterID = clusterID
    self.partitioner = partitioner
    self.state = Signal(State(partitions: Array(repeating: Partition(), count: partitions)))
  }

  /// Writes a record where its key hashes to.
  @discardableResult
  public func send(_ record: SimulatedRecord) -> (partition: Int32, offset: Int64) {
    let count = Int32(state.withLock { $0.partitions.count })
    let key = record.key ?? []
    let partition = partitioner.partition(key: key.span.bytes, count: count)
    return (partition, append(record, to: partition))
  }

  /// Writes a record to a partition, wherever its key belongs.
  @discardableResult
  public func append(_ record: SimulatedRecord, to partition: Int32) -> Int64 {
    let offset = change(partition) { log in
      log.records[log.end] = record
      log.archive[log.end] = record
      log.end += 1
      return log.end - 1
    }
    wake(partition)
    return offset
  }

  /// Offsets without a record, as the end of a transaction or compaction leaves them.
  public func appendGap(_ length: Int64 = 1, to partition: Int32) {
    change(partition) { $0.end += length }
    wake(partition)
  }

  /// Retention removes what is below an offset.
  public func trim(_ partition: Int32, to offset: Int64) {
    change(partition) { log in
      log.low = offset
      log.records = log.records.filter { $0.key >= offset }
    }
  }

  /// The partition's log is replaced, as when a topic is deleted and made anew.
  public func recreate(_ partition: Int32, with records: [SimulatedRecord]) {
    change(partition) { log in
      log = Partition()
      for (offset, record) in records.enumerated() {
        log.records[Int64(offset)] = record
        log.archive[Int64(offset)] = record
      }
      log.end = Int64(records.count)
    }
    wake(partition)
  }

  /// The topic gets more partitions.
  public func grow(to count: Int) {
    state.withLock { state in
      while state.partitions.count < count { state.partitions.append(Partition()) }
    }
  }

  /// The next answers to a question are failures.
  public func fail(_ question: Question, _ failures: LogFailure...) {
    state.withLock { $0.failures[question, default: []] += failures }
  }

  /// First kept offset and end of each partition.
  public var ranges: [Range<Int64>] { state.withLock { $0.partitions.map { $0.low..<$0.end } } }

  /// What a client about to open the stream sees.
  public func sighting(group: String = "tellers") -> StreamSighting {
    StreamSighting(topic: topic, clusterID: clusterID, logRanges: ranges, group: group)
  }

  /// The record that was written at an offset, even if retention removed it since.
  public func archived(_ offset: Int64, of partition: Int32) -> SimulatedRecord? {
    state.withLock { $0.partitions[Int(partition)].archive[offset] }
  }

  func snapshot(_ partition: Int32) -> Partition { state.withLock { $0.partitions[Int(partition)] } }

  func answer(_ question: Question) throws(LogFailure) {
    let failure = state.withLock { state -> LogFailure? in
      guard var failures = state.failures[question], !failures.isEmpty else { return nil }
      defer { state.failures[question] = failures }
      return failures.removeFirst()
    }
    if let failure { throw failure }
  }

  func onAppend(_ reader: @escaping @Sendable (Int32) -> Void) {
    state.withLock { $0.readers.append(reader) }
  }

  @discardableResult
  private func change<Result>(_ partition: Int32, _ body: (inout Partition) -> Result) -> Result {
    state.withLock { body(&$0.partitions[Int(partition)]) }
  }

  private func wake(_ partition: Int32) {
    for reader in state.withLock({ $0.readers }) { reader(partition) }
  }
}
