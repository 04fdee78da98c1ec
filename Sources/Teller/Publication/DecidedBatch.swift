/// A committed batch as its events need it: what became of each offset, and the bytes to tell it with, in one buffer.
struct DecidedBatch: Sendable {
  /// One decided offset. Its bytes stand in `bytes` from `start` on: key, request, effect, trace.
  struct Entry: Sendable {
    let offset: Int64
    let told: Told
    let key: IdempotencyKey?
    let start: Int
    /// -1: null, or over the limit of keys.
    let keyLength: Int
    /// 0: the request cannot be told.
    let requestLength: Int
    /// 0: it changed nothing.
    let effectLength: Int
    /// -1: the record had none.
    let traceLength: Int
  }

  let partition: Int32
  let incarnation: Int32
  let epoch: Int64
  let history: Int32
  /// In microseconds since 1970.
  let decidedAt: Int64
  /// The first offset, gaps included.
  let from: Int64
  /// The offset behind its last, gaps included.
  let to: Int64
  /// Its decided offsets, ascending.
  private(set) var entries: [Entry] = []
  private(set) var bytes: [UInt8] = []
  /// The dead among them, ascending, for their dead letters.
  private(set) var dead: [DeadRecord] = []

  /// How much memory it holds, about.
  var byteCount: Int {
    bytes.count + entries.count * 96
      + dead.reduce(0) { $0 + ($1.key?.count ?? 0) + ($1.value?.count ?? 0) + 256 }
  }

  init(
    partition: Int32, incarnation: Int32, epoch: Int64, history: Int32, decidedAt: Int64, range: Range<Int64>
  ) {
    self.partition = partition
    self.incarnation = incarnation
    self.epoch = epoch
    self.history = history
    self.decidedAt = decidedAt
    self.from = range.lowerBound
    self.to = range.upperBound
  }

  mutating func reserve(_ count: Int, bytes byteCount: Int) {
    entries.reserveCapacity(count)
    bytes.reserveCapacity(byteCount)
  }

  /// Appends an offset that was decided on its merits.
  ///
  /// - Parameters:
  ///   - fill: appends key, request and effect, and returns their lengths.
  ///   - trace: the record's trace header.
  mutating func append(
    offset: Int64, told: Told, key: IdempotencyKey?, trace: [UInt8]?,
    fill: (inout [UInt8]) -> (key: Int, request: Int, effect: Int)
  ) {
    let start = bytes.count
    let lengths = fill(&bytes)
    if let trace { bytes.append(contentsOf: trace) }
    entries.append(
      Entry(
        offset: offset, told: told, key: key, start: start, keyLength: lengths.key,
        requestLength: lengths.request, effectLength: lengths.effect, traceLength: trace?.count ?? -1))
  }

  /// Appends a dead record: its event has no request, its dead letter has everything.
  mutating func append(dead record: DeadRecord) {
    let trace = record.headers.last { $0.name == RecordHeader.traceParent }?.value
    append(
      offset: record.offset, told: .dead(code: record.cause.code.rawValue), key: record.idempotencyKey,
      trace: trace
    ) { bytes in
      guard let key = record.key, key.count <= OutcomeEventEncoder.keyBytesMax else { return (-1, 0, 0) }
      bytes.append(contentsOf: key)
      return (key.count, 0, 0)
    }
    dead.append(record)
  }

  func deadRecord(at offset: Int64) -> DeadRecord? {
    // Ascending, and a batch of nothing but dead ones is sent offset by offset.
    var (low, high) = (0, dead.count)
    while low < high {
      let middle = (low + high) / 2
      if dead[middle].offset < offset { low = middle + 1 } else { high = middle }
    }
    return low < dead.count && dead[low].offset == offset ? dead[low] : nil
  }
}
