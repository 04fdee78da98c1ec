/// The keys of one partition's last commits, kept in the process so that the repeats of a retrying producer, which
/// stand close together in the log, need no look-up that would break the plain insert.
///
/// Holds only what an acknowledged commit wrote. Kept per partition: one table shared by several lost the last key of
/// a batch to the batches of other partitions between.
struct RecentKeys: Sendable {
  private var newer: [UInt128: KnownKey] = [:]
  private var older: [UInt128: KnownKey] = [:]
  private let keysMax: Int

  /// Remembers between `keysMax` / 2 and `keysMax` keys.
  init(keysMax: Int) { self.keysMax = keysMax }

  subscript(key: IdempotencyKey) -> KnownKey? { newer[key.bits] ?? older[key.bits] }

  mutating func remember(_ claims: [KeyClaim], in partition: PartitionID) {
    for claim in claims.suffix(keysMax / 2) {
      if newer.count >= keysMax / 2 {
        older = newer
        newer.removeAll(keepingCapacity: true)
      }
      let place = Location(partition: partition, offset: claim.offset)
      newer[claim.key.bits] = KnownKey(fingerprint: claim.fingerprint, location: place)
    }
  }

  mutating func forget() {
    newer.removeAll()
    older.removeAll()
  }
}
