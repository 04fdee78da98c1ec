/// A stretch of one partition's log, ready to be decided: every offset from `from` up to `to` is a job, a dead record
/// or part of a confirmed gap.
struct PreparedBatch<Job: Sendable>: Sendable {
  let from: Int64
  let to: Int64
  var jobs: [BatchJob<Job>]
  var dead: [DeadRecord]
  let gaps: [Range<Int64>]

  /// Offsets decided, in one number: jobs and dead.
  var count: Int { jobs.count + dead.count }

  /// Splits in front of the middle job, so that the bad one of several can be found by halving.
  func halves() -> (PreparedBatch, PreparedBatch)? {
    guard jobs.count > 1 else { return nil }
    let middle = jobs[jobs.count / 2].offset
    return (slice(from..<middle), slice(middle..<to))
  }

  private func slice(_ range: Range<Int64>) -> PreparedBatch {
    PreparedBatch(
      from: range.lowerBound, to: range.upperBound,
      jobs: jobs.filter { range.contains($0.offset) },
      dead: dead.filter { range.contains($0.offset) },
      gaps: gaps.compactMap { gap in
        let part = gap.clamped(to: range)
        return part.isEmpty ? nil : part
      })
  }

  /// The same batch with its only job turned into a dead letter.
  func withoutJobs(_ cause: DeadLetterCause, records: RecordBatch) -> PreparedBatch {
    var batch = self
    for job in jobs {
      batch.dead.append(
        DeadRecord(
          offset: job.offset, cause: cause, idempotencyKey: job.key, records: records, index: job.record))
    }
    batch.jobs = []
    batch.dead.sort { $0.offset < $1.offset }
    return batch
  }
}

/// A record that can never be decided, with its raw bytes, so that nothing vanishes.
public struct DeadRecord: Sendable {
  /// The record's offset.
  public let offset: Int64
  /// The record's timestamp in milliseconds since 1970, -1 where it has none.
  public let timestamp: Int64
  /// Why it is dead.
  public let cause: DeadLetterCause
  /// The idempotency key, where it could be read. A dead record takes none.
  public let idempotencyKey: IdempotencyKey?
  /// The raw key, nil for null.
  public let key: [UInt8]?
  /// The raw value, nil for null.
  public let value: [UInt8]?
  /// Its own headers, in order.
  public let headers: [RecordHeader]

  /// A dead record from its parts, as the tables keep it.
  public init(
    offset: Int64, timestamp: Int64, cause: DeadLetterCause, idempotencyKey: IdempotencyKey?, key: [UInt8]?,
    value: [UInt8]?, headers: [RecordHeader]
  ) {
    self.offset = offset
    self.timestamp = timestamp
    self.cause = cause
    self.idempotencyKey = idempotencyKey
    self.key = key
    self.value = value
    self.headers = headers
  }

  package init(
    offset: Int64, cause: DeadLetterCause, idempotencyKey: IdempotencyKey?, records: RecordBatch, index: Int
  ) {
    self.offset = offset
    self.timestamp = records.slots[index].timestamp
    self.cause = cause
    self.idempotencyKey = idempotencyKey
    self.key = records.key(index)
    self.value = records.value(index)
    self.headers = records.headers(index)
  }
}
