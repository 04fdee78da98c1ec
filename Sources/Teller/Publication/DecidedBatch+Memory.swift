// A decided batch made from the memory of its commit: the usual way.

extension DecidedBatch {
  /// - Parameters:
  ///   - stretch: as it was committed.
  ///   - handler: still in the state in which it decided the batch.
  init<Handler: JobHandler>(
    _ stretch: PreparedBatch<Handler.Job>, _ outcomes: BatchOutcomes, _ facts: CommitFacts,
    ownership: Ownership, incarnation: Int32, records: RecordBatch, handler: inout Handler
  ) {
    self.init(
      partition: ownership.partition, incarnation: incarnation, epoch: ownership.epoch,
      history: facts.history, decidedAt: facts.decidedAt, range: stretch.from..<stretch.to)
    // Its share: a batch that was refused is halved again and again, and all have the same records.
    reserve(stretch.count, bytes: (records.averageByteCount + 128) * stretch.count)
    var told = OutcomeCursor(outcomes, facts)
    var dead = outcomes.dead[...]
    for job in stretch.jobs {
      while let first = dead.first, first.offset < job.offset { append(dead: dead.removeFirst()) }
      append(job, told: told.next(job.offset), records: records, handler: &handler)
    }
    for record in dead { append(dead: record) }
  }

  mutating func append<Handler: JobHandler>(
    _ job: BatchJob<Handler.Job>, told: Told, effect: [UInt8]? = nil, records: RecordBatch,
    handler: inout Handler
  ) {
    append(offset: job.offset, told: told, key: job.key, trace: records.trace(job.record)) { bytes in
      let start = bytes.count
      let key = records.appendKey(job.record, to: &bytes)
      let request = bytes.count
      records.withValue(job.record) { handler.appendRequest(job, value: $0, to: &bytes) }
      let change = bytes.count
      if let effect {
        bytes.append(contentsOf: effect)
      } else if told == .applied {
        handler.appendEffect(job, to: &bytes)
      }
      return (key ? request - start : -1, change - request, bytes.count - change)
    }
  }
}

/// Walks through a batch's exceptions beside its jobs, both in offset order.
private struct OutcomeCursor {
  private let outcomes: BatchOutcomes
  private let facts: CommitFacts
  private var refusal = 0
  private var `repeat` = 0

  init(_ outcomes: BatchOutcomes, _ facts: CommitFacts) {
    self.outcomes = outcomes
    self.facts = facts
  }

  mutating func next(_ offset: Int64) -> Told {
    if refusal < outcomes.refusals.count, outcomes.refusals[refusal].offset == offset {
      refusal += 1
      return .rejected(code: outcomes.refusals[refusal - 1].code)
    }
    if `repeat` < outcomes.repeats.count, outcomes.repeats[`repeat`].offset == offset {
      `repeat` += 1
      let first = facts.firsts[`repeat` - 1]
      return outcomes.repeats[`repeat` - 1].isReuse ? .reused(first) : .duplicate(first)
    }
    return .applied
  }
}
