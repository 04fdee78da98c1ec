internal import Teller

/// What the simulated tables tell of a range, offset by offset.
struct SimulatedDecidedReading {
  private let tables: SimulatedTables
  private let partition: PartitionID
  private let effects: SimulatedEffects?
  private let claims: [Int64: IdempotencyKey]

  init(_ tables: SimulatedTables, _ partition: PartitionID, _ effects: SimulatedEffects?) {
    self.tables = tables
    self.partition = partition
    self.effects = effects
    let mine = tables.keys.filter { $0.value.location.partition == partition }
    claims = Dictionary(
      mine.map { ($0.value.location.offset, $0.key.key) }, uniquingKeysWith: { first, _ in first })
  }

  func stretches(in range: Range<Int64>, rowsMax: Int) -> [DecidedStretch] {
    let decided = tables.owners[partition]?.nextOffset ?? range.lowerBound
    let batches = tables.batches.filter { $0.partition == partition }
      .sorted { $0.offsets.lowerBound < $1.offsets.lowerBound }
    var stretches: [DecidedStretch] = []
    var (offset, left) = (range.lowerBound, rowsMax)
    while offset < min(range.upperBound, decided), left > 0 {
      let end = min(range.upperBound, decided)
      if let batch = batches.first(where: { $0.offsets.contains(offset) }) {
        stretches.append(stretch(offset..<min(end, batch.offsets.upperBound), batch, &left))
      } else {
        // Skipped by an operator.
        let following = batches.first { $0.offsets.lowerBound > offset }
        let before = batches.last { $0.offsets.upperBound <= offset } ?? following
        let hole = offset..<min(end, following?.offsets.lowerBound ?? end)
        stretches.append(
          DecidedStretch(
            range: hole, epoch: before?.epoch ?? 0, history: before?.history ?? 1,
            decidedAt: before?.decidedAt ?? 0, rows: [], dead: []))
      }
      offset = stretches.last?.range.upperBound ?? end
    }
    return stretches
  }

  private func stretch(
    _ range: Range<Int64>, _ batch: SimulatedBatchRow, _ left: inout Int
  ) -> DecidedStretch {
    var rows: [DecidedStretch.Row] = []
    var end = range.lowerBound
    while end < range.upperBound, left > 0 {
      if let row = row(end) {
        rows.append(row)
        left -= 1
      }
      end += 1
    }
    return DecidedStretch(
      range: range.lowerBound..<end, epoch: batch.epoch, history: batch.history, decidedAt: batch.decidedAt,
      rows: rows,
      dead: rows.compactMap { tables.dead[Location(partition: partition, offset: $0.offset)] })
  }

  private func row(_ offset: Int64) -> DecidedStretch.Row? {
    let place = Location(partition: partition, offset: offset)
    let none = Array((effects?.none ?? "").utf8)
    if let key = claims[offset] {
      guard let code = tables.refusals[place] else {
        return DecidedStretch.Row(
          offset: offset, told: .applied, key: key, effect: effects?.effect(tables, place) ?? none)
      }
      return DecidedStretch.Row(offset: offset, told: .rejected(code: code), key: key, effect: none)
    }
    if let again = tables.repeats[place] {
      let first = tables.first(at: again.first)
      return DecidedStretch.Row(
        offset: offset, told: again.isReuse ? .reused(first) : .duplicate(first), key: again.key, effect: none
      )
    }
    if let letter = tables.dead[place] {
      return DecidedStretch.Row(
        offset: offset, told: .dead(code: letter.cause.code.rawValue), key: letter.idempotencyKey,
        effect: none)
    }
    return nil
  }
}
