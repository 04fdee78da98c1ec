import Ledger
import Teller

/// I4, I5, I8, I9 and I12: what the engine's own tables say.
extension LedgerAuditor {
  func checkOffsets() {
    for id in tables.owners.keys.sorted(by: { $0.value < $1.value }) {
      guard let owner = tables.owners[id] else { continue }
      var seen: [Int64: Int] = [:]
      for outcome in outcomes where outcome.location.partition == id {
        seen[outcome.location.offset, default: 0] += 1
      }
      for gap in tables.gaps where gap.partition == id {
        for offset in gap.offsets { seen[offset, default: 0] += 1 }
      }
      let range = owner.startOffset..<max(owner.startOffset, owner.nextOffset)
      for offset in range {
        expect(
          "I4", seen[offset] == 1, "partition \(id.value), offset \(offset): \(seen[offset] ?? 0) outcomes")
      }
      for offset in seen.keys where !range.contains(offset) {
        expect("I4", false, "partition \(id.value), offset \(offset): an outcome outside of \(range)")
      }
    }
    checkOrphans()
    checkEpochs()
  }

  private func checkOrphans() {
    let decided = Set(outcomes.map(\.location))
    let named = Set(tables.keys.values.map(\.location)).union(tables.repeats.keys).union(tables.dead.keys)
    for location in named.union(tables.refusals.keys).subtracting(decided) {
      expect("I4", false, "\(location) belongs to no batch")
    }
    let claimed = Set(tables.keys.values.map(\.location))
    for location in tables.refusals.keys where !claimed.contains(location) {
      expect("I5", false, "the refusal at \(location) claimed no key")
    }
  }

  private func checkEpochs() {
    for (partition, batches) in Dictionary(grouping: tables.batches, by: \.partition) {
      let sorted = batches.sorted { $0.offsets.lowerBound < $1.offsets.lowerBound }
      for (earlier, later) in zip(sorted, sorted.dropFirst()) {
        expect(
          "I8", earlier.epoch <= later.epoch,
          "partition \(partition.value): epoch \(later.epoch) at \(later.offsets) after \(earlier.epoch)")
        expect(
          "I14", earlier.sequence < later.sequence,
          "\(partition.value): sequence \(later.sequence) at \(later.offsets), before it \(earlier.sequence)"
        )
      }
    }
  }

  func checkKeys() {
    var firsts: [SimulatedKey: SimulatedOutcome] = [:]
    for outcome in outcomes where outcome.kind != .dead {
      guard let key = outcome.key, let owner = tables.owners[outcome.location.partition] else { continue }
      let place = SimulatedKey(stream: owner.stream, key: key)
      guard let first = firsts[place] else {
        expect("I5", outcome.first == nil, "\(outcome.location) repeats what nobody decided before it")
        firsts[place] = outcome
        continue
      }
      expect(
        "I5", outcome.first == first.location, "\(outcome.location) names a first decision that is not it")
      let isRepeat = outcome.kind == .duplicate
      let isReuse = outcome.kind == .rejected && outcome.code == Decision.idempotencyKeyReused
      let isSame = outcome.fingerprint == first.fingerprint
      expect("I12", isSame ? isRepeat : isReuse, "\(outcome.location) is \(outcome.kind): same \(isSame)")
    }
  }

  func checkPlaces() {
    for outcome in outcomes where outcome.kind == .applied {
      guard let owner = tables.owners[outcome.location.partition],
        let stream = tables.streams[owner.stream]?.identity,
        case .hashed(let partitioner) = stream.placement
      else { continue }
      let key = record(outcome.location)?.key ?? []
      let place = partitioner.partition(key: key.span.bytes, count: stream.partitionCount)
      expect("I9", place == owner.partition, "\(outcome.location) belongs to partition \(place)")
    }
  }
}
