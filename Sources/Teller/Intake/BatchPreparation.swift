/// Turns raw records into jobs and dead letters, in the documented order of checks. Pure but for the handler's decoder.
struct BatchPreparation: Sendable {
  let partition: Int32
  let partitionCount: Int32
  let placement: Placement
  let limits: RecordLimits

  /// A prepared batch, and whether any record lies where its key does not hash to. Such a verdict stands only if the
  /// partition count was read from the broker *later* than the record: in a topic that grew, the record is fine and the
  /// recorded count is not.
  struct Result<Job: Sendable> {
    var batch: PreparedBatch<Job>
    var isAnyMisplaced: Bool
  }

  func prepare<Handler: JobHandler>(
    _ records: RecordBatch, from: Int64, to: Int64, gaps: [Range<Int64>], handler: inout Handler
  ) -> Result<Handler.Job> {
    var jobs: [BatchJob<Handler.Job>] = []
    jobs.reserveCapacity(records.slots.count)
    var dead: [DeadRecord] = []
    var isAnyMisplaced = false
    let bytes = records.bytes.span.bytes
    for (index, slot) in records.slots.enumerated() {
      let keyEnd = slot.start + max(slot.keyLength, 0)
      let key = bytes.extracting(slot.start..<keyEnd)
      let value = bytes.extracting(keyEnd..<(keyEnd + max(slot.valueLength, 0)))
      let isMisplaced = isMisplaced(key)
      if isMisplaced, slot.keyLength > 0 { isAnyMisplaced = true }
      switch verdict(slot, isMisplaced: isMisplaced, key: key, value: value, handler: &handler) {
      case .job(let job, let idempotencyKey, let fingerprint):
        jobs.append(
          BatchJob(
            offset: slot.offset, job: job, key: idempotencyKey, fingerprint: fingerprint, record: index))
      case .dead(let cause, let idempotencyKey):
        dead.append(
          DeadRecord(
            offset: slot.offset, cause: cause, idempotencyKey: idempotencyKey, records: records, index: index)
        )
      }
    }
    let batch = PreparedBatch(from: from, to: to, jobs: jobs, dead: dead, gaps: gaps)
    return Result(batch: batch, isAnyMisplaced: isAnyMisplaced)
  }

  private func isMisplaced(_ key: RawSpan) -> Bool {
    guard case .hashed(let partitioner) = placement else { return false }
    return key.isEmpty || partitioner.partition(key: key, count: partitionCount) != partition
  }

  private func verdict<Handler: JobHandler>(
    _ slot: RecordBatch.Slot, isMisplaced: Bool, key: RawSpan, value: RawSpan, handler: inout Handler
  ) -> Decoded<Handler.Job> {
    if slot.valueLength > limits.valueBytesMax {
      let reason = "the value has \(slot.valueLength) bytes; the limit is \(limits.valueBytesMax)"
      return .dead(DeadLetterCause(.tooLarge, reason), key: nil)
    }
    let cause: DeadLetterCause?
    if slot.keyLength > limits.keyBytesMax {
      cause = DeadLetterCause(
        .tooLarge, "the key has \(slot.keyLength) bytes; the limit is \(limits.keyBytesMax)")
    } else if slot.keyLength <= 0 {
      cause = DeadLetterCause(.misrouted, "the record has no key, so it has no place in the log")
    } else if isMisplaced {
      cause = DeadLetterCause(
        .misrouted,
        "the key does not hash to this partition (\(placement.name), \(partitionCount) partitions)")
    } else {
      cause = nil
    }
    guard slot.valueLength >= 0 else {
      return .dead(cause ?? DeadLetterCause(.undecodable, "the value is null"), key: nil)
    }
    let decoded = handler.decode(key: key, value: value)
    // A dead record still names its idempotency key where that can be read, for those who look for it.
    return cause.map { .dead($0, key: decoded.key) } ?? decoded
  }
}

extension Decoded {
  var key: IdempotencyKey? {
    switch self {
    case .job(_, let key, _): key
    case .dead(_, let key): key
    }
  }
}
