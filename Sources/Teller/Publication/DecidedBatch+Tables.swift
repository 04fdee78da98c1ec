// A decided batch made from the tables and the log: after a crash, or where memory was short.

extension DecidedBatch {
  /// - Parameters:
  ///   - records: what the log still holds of the stretch; what is missing is told without its request.
  ///   - handler: one that decodes; it decides nothing.
  init<Handler: JobHandler>(
    _ stretch: DecidedStretch, ownership: Ownership, incarnation: Int32, records: RecordBatch,
    handler: inout Handler
  ) {
    self.init(
      partition: ownership.partition, incarnation: incarnation, epoch: stretch.epoch,
      history: stretch.history, decidedAt: stretch.decidedAt, range: stretch.range)
    reserve(stretch.rows.count, bytes: (records.averageByteCount + 128) * stretch.rows.count)
    var index = 0
    var dead = stretch.dead[...]
    for row in stretch.rows {
      if let first = dead.first, first.offset == row.offset {
        append(dead: dead.removeFirst())
        continue
      }
      while index < records.slots.count, records.slots[index].offset < row.offset { index += 1 }
      let isHeld = index < records.slots.count && records.slots[index].offset == row.offset
      append(row, record: isHeld ? index : nil, records: records, handler: &handler)
    }
  }

  private mutating func append<Handler: JobHandler>(
    _ row: DecidedStretch.Row, record: Int?, records: RecordBatch, handler: inout Handler
  ) {
    guard let record, let value = records.value(record) else { return append(lost: row, key: nil) }
    let key = records.key(record)
    let keyBytes = key ?? []
    guard
      case .job(let job, let idempotencyKey, let fingerprint) = handler.decode(
        key: keyBytes.span.bytes, value: value.span.bytes)
    else { return append(lost: row, key: key) }
    // A topic that was recreated holds another record there.
    guard idempotencyKey == row.key else { return append(lost: row, key: nil) }
    let again = BatchJob(
      offset: row.offset, job: job, key: idempotencyKey, fingerprint: fingerprint, record: record)
    append(again, told: row.told, effect: row.effect, records: records, handler: &handler)
  }

  /// The log has lost the record, or a setting that is another by now refuses it: what was decided stands all the same.
  private mutating func append(lost row: DecidedStretch.Row, key: [UInt8]?) {
    append(offset: row.offset, told: row.told, key: row.key, trace: nil) { bytes in
      bytes.append(contentsOf: key ?? [])
      bytes.append(contentsOf: row.effect)
      return (key?.count ?? -1, 0, row.effect.count)
    }
  }
}
