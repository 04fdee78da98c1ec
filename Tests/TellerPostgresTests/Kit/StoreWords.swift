import Teller
import TellerPostgres

/// The steps of a batch at the level of the store, in short words.
enum StoreWords {
  static func key(_ number: Int) -> IdempotencyKey { IdempotencyKey(bits: UInt128(number) << 64 | 0xabc) }

  static func fingerprint(_ number: Int) -> Fingerprint {
    Fingerprint(bits: UInt128(number) | 1 << 127, version: 1)
  }

  static func claims(_ keys: Int..., from offset: Int64 = 0) -> [KeyClaim] {
    keys.enumerated().map { index, number in
      KeyClaim(key: key(number), fingerprint: fingerprint(number), offset: offset + Int64(index))
    }
  }

  static func fence(_ ownership: Ownership, to: Int64, from: Int64? = nil) -> Fence {
    Fence(
      partition: ownership.id, epoch: ownership.epoch, owner: ownership.owner,
      from: from ?? ownership.nextOffset, to: to, anchors: Anchors())
  }

  /// The read phase.
  static func open(
    _ store: PostgresStore, _ fence: Fence, _ claims: [KeyClaim], carefully: Bool = false
  ) throws {
    store.enter(.engine)
    try store.begin(fence)
    if !claims.isEmpty { try store.claim(claims, carefully: carefully) }
    try store.drawSequence()
    try store.synchronize()
  }

  /// What the write phase appends before COMMIT.
  static func persist(
    _ store: PostgresStore, _ fence: Fence, _ change: (inout BatchOutcomes) -> Void = { _ in }
  ) throws {
    var outcomes = BatchOutcomes()
    outcomes.from = fence.from
    outcomes.to = fence.to
    change(&outcomes)
    let commit = BatchCommit(partition: fence.partition, sequence: try store.sequence())
    try store.record(outcomes, as: commit)
  }

  /// The write phase.
  static func finish(
    _ store: PostgresStore, _ fence: Fence, _ change: (inout BatchOutcomes) -> Void = { _ in }
  ) throws {
    try persist(store, fence, change)
    try store.commit {}
  }

  /// A whole batch.
  static func run(
    _ store: PostgresStore, _ fence: Fence, _ claims: [KeyClaim],
    _ change: (inout BatchOutcomes) -> Void = { _ in }
  ) throws {
    try open(store, fence, claims)
    try finish(store, fence, change)
  }
}
