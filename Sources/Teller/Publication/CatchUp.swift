/// Makes decided batches anew from the tables and the log, a bounded piece at a time.
struct CatchUp<Reader: LogReader> {
  static var rowsMax: Int { 2_000 }
  static var bytesMax: Int { 4 << 20 }
  /// A log that ends before offsets that were decided is a new leader that does not know yet, or another log: so often it
  /// is asked, then the events go out without their requests.
  static var attemptsMax: Int { 5 }

  let reader: Reader
  let incarnation: Int32
  private var attempts: [Int32: Int] = [:]

  init(reader: Reader, incarnation: Int32) {
    self.reader = reader
    self.incarnation = incarnation
  }

  /// The batches of the front of a range, at least one offset of it, without holes.
  mutating func batches<Handler: JobHandler>(
    _ store: any PublicationStore, _ ownership: Ownership, _ range: Range<Int64>, handler: inout Handler
  ) throws -> [DecidedBatch] {
    let stretches = try store.decided(in: range, of: ownership.id, rowsMax: Self.rowsMax)
    guard let first = stretches.first, let last = stretches.last else {
      throw StoreFailure(
        .contended, message: "the tables hold nothing of the offsets from \(range.lowerBound) on")
    }
    let whole = first.range.lowerBound..<last.range.upperBound
    let (records, reached) = try records(in: whole, of: ownership.partition)
    return stretches.compactMap { stretch in
      let part = stretch.range.clamped(to: whole.lowerBound..<reached)
      guard !part.isEmpty else { return nil }
      return DecidedBatch(
        stretch.clipped(to: part), ownership: ownership, incarnation: incarnation, records: records,
        handler: &handler)
    }
  }

  private mutating func records(
    in range: Range<Int64>, of partition: Int32
  ) throws(LogFailure) -> (batch: RecordBatch, reached: Int64) {
    do throws(LogFailure) {
      let found = try reader.records(in: range, of: partition, bytesMax: Self.bytesMax)
      attempts[partition] = nil
      return found
    } catch {
      guard error.code == LogFailure.logEnds else { throw error }
      attempts[partition, default: 0] += 1
      guard attempts[partition] ?? 0 >= Self.attemptsMax else { throw error }
      return (RecordBatch(), range.upperBound)
    }
  }
}

extension LogFailure {
  /// The code of a reading that found the log's end before what it was asked for.
  public static let logEnds = "LOG_ENDS"
}

extension DecidedStretch {
  fileprivate func clipped(to part: Range<Int64>) -> DecidedStretch {
    if part == range { return self }
    return DecidedStretch(
      range: part, epoch: epoch, history: history, decidedAt: decidedAt,
      rows: rows.filter { part.contains($0.offset) }, dead: dead.filter { part.contains($0.offset) })
  }
}
