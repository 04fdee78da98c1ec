internal import PostgresClient
internal import Teller

/// One reading of a range: batches first, then the rows that they committed, in as many statements as there are tables.
///
/// Without a transaction around them: what a batch committed never changes, so whatever is read after the batches is
/// complete for them; what is younger than them is cut off.
struct DecidedReading {
  /// The dead are read whole, so their bytes are bounded too. The first is read whatever its size.
  static let deadBytesMax: Int64 = 16 << 20

  /// A row of `teller.batch`.
  private struct Batch {
    let range: Range<Int64>
    let epoch: Int64
    let history: Int32
    let decidedAt: Int64
  }

  private let partition: PartitionID
  private let start: Int64
  private let rowsMax: Int
  /// Everything below is read, or will be: each reading that met its limit lowers it.
  private var end: Int64
  private var rows: [DecidedStretch.Row] = []
  private var dead: [DeadRecord] = []

  init(partition: PartitionID, range: Range<Int64>, rowsMax: Int) {
    self.partition = partition
    self.start = range.lowerBound
    self.end = range.upperBound
    self.rowsMax = rowsMax
  }

  mutating func read(
    _ effects: (any EffectReading)?, on connection: inout Connection
  ) throws(PostgresError) -> [DecidedStretch] {
    let batches = try readBatches(&connection)
    guard start < end else { return [] }
    let none = [UInt8]((effects?.noEffect ?? "").utf8)
    try readDead(none, &connection)
    try readRepeats(none, &connection)
    try readClaims(none, &connection)
    rows.removeAll { $0.offset >= end }
    rows.sort { $0.offset < $1.offset }
    if rows.count > rowsMax {
      end = rows[rowsMax].offset
      rows.removeSubrange(rowsMax...)
    }
    dead.removeAll { $0.offset >= end }
    if let effects { try readEffects(effects, &connection) }
    return stretches(batches)
  }

  /// The batches that touch the range, and the one before it. Ends the range at what is decided.
  private mutating func readBatches(_ connection: inout Connection) throws(PostgresError) -> [Batch] {
    let (first, last, limit) = (start, end, rowsMax + 1)
    let found = try PostgresPublicationStore.query(PublicationStatements.batches, &connection) { parameters in
      parameters.int4(partition.value)
      parameters.int8(first)
      parameters.int8(last)
      parameters.int8(Int64(limit))
    }
    // Without a row there is no such partition.
    end = found.count > 0 ? min(end, try found.int8(0, 0)) : start
    var batches: [Batch] = []
    for row in 0..<found.count where try !found.isNull(row, 1) {
      let (from, to) = (try found.int8(row, 1), try found.int8(row, 2))
      guard from < to else { continue }
      batches.append(
        Batch(
          range: from..<to, epoch: try found.int8(row, 3), history: try found.int4(row, 4),
          decidedAt: try found.timestamptz(row, 5) + PostgresStore.epochDistance))
    }
    if found.count == limit, let last = batches.last { end = min(end, last.range.upperBound) }
    return batches
  }

  private func query(
    _ statement: Statement, _ connection: inout Connection
  ) throws(PostgresError) -> Rows {
    try PostgresPublicationStore.query(statement, &connection) { parameters in
      parameters.int4(partition.value)
      parameters.int8(start)
      parameters.int8(end)
      parameters.int8(Int64(rowsMax))
    }
  }

  private mutating func readClaims(_ none: [UInt8], _ connection: inout Connection) throws(PostgresError) {
    let found = try query(PublicationStatements.claims, &connection)
    for row in 0..<found.count {
      let code = try found.optionalText(row, 3)
      rows.append(
        DecidedStretch.Row(
          offset: try found.int8(row, 0), told: code.map { .rejected(code: $0) } ?? .applied,
          key: IdempotencyKey(bits: try found.uuid(row, 1), text: try found.optionalText(row, 2)),
          effect: none))
    }
    try cut(found)
  }

  private mutating func readRepeats(_ none: [UInt8], _ connection: inout Connection) throws(PostgresError) {
    let found = try query(PublicationStatements.repeats, &connection)
    for row in 0..<found.count {
      let first = FirstDecision(
        code: try found.optionalText(row, 4), incarnation: try found.int4(row, 5),
        partition: try found.int4(row, 6), offset: try found.int8(row, 7))
      rows.append(
        DecidedStretch.Row(
          offset: try found.int8(row, 0), told: try found.bool(row, 3) ? .reused(first) : .duplicate(first),
          key: IdempotencyKey(bits: try found.uuid(row, 1), text: try found.optionalText(row, 2)),
          effect: none))
    }
    try cut(found)
  }

  private mutating func readDead(_ none: [UInt8], _ connection: inout Connection) throws(PostgresError) {
    let found = try PostgresPublicationStore.query(PublicationStatements.dead, &connection) { parameters in
      parameters.int4(partition.value)
      parameters.int8(start)
      parameters.int8(end)
      parameters.int8(Int64(rowsMax))
      parameters.int8(Self.deadBytesMax)
    }
    for row in 0..<found.count {
      let record = try DeadRecord(found, row)
      dead.append(record)
      rows.append(
        DecidedStretch.Row(
          offset: record.offset, told: .dead(code: record.cause.code.rawValue), key: record.idempotencyKey,
          effect: none))
    }
    // Fewer than there are: the bytes were at their limit.
    if found.count > 0, Int64(found.count) < (try found.int8(0, 9)) {
      end = min(end, try found.int8(found.count - 1, 0) + 1)
    }
    try cut(found)
  }

  /// A reading that met its limit ends the range behind its last row.
  private mutating func cut(_ found: Rows) throws(PostgresError) {
    guard found.count >= rowsMax else { return }
    end = min(end, try found.int8(found.count - 1, 0) + 1)
  }

  private mutating func readEffects(
    _ effects: any EffectReading, _ connection: inout Connection
  ) throws(PostgresError) {
    var found = try effects.effects(in: start..<end, of: partition, on: &connection)[...]
    for index in rows.indices where rows[index].told == .applied {
      let row = rows[index]
      while let next = found.first, next.offset < row.offset { found.removeFirst() }
      guard let effect = found.first, effect.offset == row.offset else { continue }
      rows[index] = DecidedStretch.Row(
        offset: row.offset, told: row.told, key: row.key, effect: effect.text)
    }
  }

  /// Deals the rows out to their batches. Offsets that an operator skipped have no batch: a stretch of their own, empty.
  private func stretches(_ batches: [Batch]) -> [DecidedStretch] {
    var stretches: [DecidedStretch] = []
    var (rows, dead) = (rows[...], dead[...])
    var next = start
    func append(_ range: Range<Int64>, _ batch: Batch) {
      let mine = rows.prefix { $0.offset < range.upperBound }
      let letters = dead.prefix { $0.offset < range.upperBound }
      (rows, dead) = (rows.dropFirst(mine.count), dead.dropFirst(letters.count))
      stretches.append(
        DecidedStretch(
          range: range, epoch: batch.epoch, history: batch.history, decidedAt: batch.decidedAt,
          rows: Array(mine), dead: Array(letters)))
      next = range.upperBound
    }
    var before: Batch?
    for batch in batches {
      let clipped = batch.range.clamped(to: start..<end)
      if !clipped.isEmpty {
        if next < clipped.lowerBound { append(next..<clipped.lowerBound, before ?? batch) }
        append(clipped, batch)
      }
      before = batch
    }
    let nobody = Batch(range: start..<end, epoch: 0, history: 1, decidedAt: 0)
    if next < end { append(next..<end, before ?? nobody) }
    return stretches
  }
}

extension DeadRecord {
  /// A row of `teller.dead_letter`, whole.
  fileprivate init(_ rows: Rows, _ row: Int) throws(PostgresError) {
    let code = try rows.text(row, 1)
    guard let known = DeadLetterCause.Code(rawValue: code) else {
      throw PostgresError(
        kind: .usage, message: "a dead letter has the code \(code), which this release does not know",
        hint: "A later release wrote it; publish with that one.")
    }
    let headers = try rows.optionalText(row, 8)
    guard let headers = headers.map(RecordHeaderText.decode) ?? [] else {
      throw PostgresError(
        kind: .usage,
        message: "the headers of the dead letter at offset \(try rows.int8(row, 0)) are unreadable",
        hint: "teller.dead_letter.headers was changed by hand.")
    }
    let bits = try rows.isNull(row, 3) ? nil : try rows.uuid(row, 3)
    let text = try rows.optionalText(row, 4)
    self.init(
      offset: try rows.int8(row, 0), timestamp: try rows.int8(row, 5),
      cause: DeadLetterCause(known, try rows.text(row, 2)),
      idempotencyKey: bits.map { IdempotencyKey(bits: $0, text: text) },
      key: try rows.isNull(row, 6) ? nil : try rows.bytes(row, 6),
      value: try rows.isNull(row, 7) ? nil : try rows.bytes(row, 7), headers: headers)
  }
}
