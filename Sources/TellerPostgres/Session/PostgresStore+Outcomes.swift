internal import PostgresClient
public import Teller

/// The batch's own row, and the exceptions among its outcomes.
extension PostgresStore {
  /// Why an offset holds no record, as far as a consumer can know.
  static let gapCause = "no record: compacted, aborted or a transaction's marker"

  /// Appends the batch's row and the rows of what was not simply applied: refusals, repeats, dead records, gaps.
  public func record(_ outcomes: BatchOutcomes, as commit: BatchCommit) throws(StoreFailure) {
    guard let fence else { return }
    let decidedAt = try decidedAt()
    let partition = commit.partition.value
    let batch = try transaction.send(BatchStatements.batch) { parameters in
      parameters.int4(partition)
      parameters.int8(outcomes.from)
      parameters.int8(outcomes.to)
      parameters.int8(fence.epoch)
      parameters.int8(commit.sequence)
      parameters.timestamptz(decidedAt)
    }
    factTickets = FactTickets(batch: batch)
    let refusals = outcomes.refusals
    if !refusals.isEmpty {
      try transaction.send(BatchStatements.refusals) { parameters in
        parameters.int4(partition)
        parameters.int8s(count: refusals.count) { refusals[$0].offset }
        parameters.texts(count: refusals.count) { refusals[$0].code }
      }
    }
    if !outcomes.repeats.isEmpty { try record(outcomes.repeats, in: partition) }
    if !outcomes.dead.isEmpty { try record(outcomes.dead, in: partition) }
    let gaps = outcomes.gaps
    if !gaps.isEmpty {
      try transaction.send(BatchStatements.gaps) { parameters in
        parameters.int4(partition)
        parameters.int8s(count: gaps.count) { gaps[$0].lowerBound }
        parameters.int8s(count: gaps.count) { gaps[$0].upperBound - 1 }
        parameters.text(Self.gapCause)
      }
    }
  }

  private func record(_ repeats: [BatchOutcomes.Repeat], in partition: Int32) throws(StoreFailure) {
    factTickets?.repeats = try transaction.send(BatchStatements.repeats) { parameters in
      parameters.int4(partition)
      parameters.int8s(count: repeats.count) { repeats[$0].offset }
      parameters.uuids(count: repeats.count) { repeats[$0].key.bits }
      parameters.uuids(count: repeats.count) { repeats[$0].fingerprint.bits }
      parameters.int2s(count: repeats.count) { repeats[$0].fingerprint.version }
      parameters.int4s(count: repeats.count) { repeats[$0].first.partition.value }
      parameters.int8s(count: repeats.count) { repeats[$0].first.offset }
      parameters.bools(count: repeats.count) { repeats[$0].isReuse }
    }
    factTickets?.offsets = repeats.map(\.offset)
  }

  private func record(_ dead: [DeadRecord], in partition: Int32) throws(StoreFailure) {
    try transaction.send(BatchStatements.deadLetters) { parameters in
      parameters.int4(partition)
      parameters.int8s(count: dead.count) { dead[$0].offset }
      parameters.texts(count: dead.count) { dead[$0].cause.code.rawValue }
      parameters.texts(count: dead.count) { dead[$0].cause.reason }
      parameters.uuids(count: dead.count, optional: { dead[$0].idempotencyKey?.bits })
      parameters.texts(count: dead.count) { dead[$0].idempotencyKey?.text }
      parameters.int8s(count: dead.count) { dead[$0].timestamp }
      parameters.byteas(count: dead.count) { dead[$0].key }
      parameters.byteas(count: dead.count) { dead[$0].value }
      parameters.texts(count: dead.count) { RecordHeaderText.encode(dead[$0].headers) }
    }
  }
}
