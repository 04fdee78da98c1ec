internal import Teller

/// What every `JobStore` must do, as checks that run over the real and the simulated one alike.
public enum JobStoreConformance<Harness: StoreHarness> {
  /// One check. It wants a harness of its own, see `StoreHarness`.
  public struct Check: Sendable, CustomStringConvertible {
    /// The check's name: a sentence.
    public let description: String
    /// Throws `ConformanceFailure` or what the store threw.
    public let run: @Sendable (Harness) throws -> Void

    init(_ description: String, _ run: @escaping @Sendable (Harness) throws -> Void) {
      self.description = description
      self.run = run
    }
  }

  /// All checks.
  public static var checks: [Check] {
    guardChecks + claimChecks + resolutionChecks + recordChecks + factChecks + sessionChecks
  }

  // MARK: Words that the checks are written in

  static func key(_ number: Int) -> IdempotencyKey { IdempotencyKey(bits: UInt128(number) << 64 | 0xabc) }

  static func fingerprint(_ number: Int) -> Fingerprint {
    // The top bit is set: stores without unsigned numbers must not lose it.
    Fingerprint(bits: UInt128(number) | 1 << 127, version: 1)
  }

  static func claims(_ keys: Int..., from offset: Int64 = 0) -> [KeyClaim] {
    keys.enumerated().map { index, number in
      KeyClaim(key: key(number), fingerprint: fingerprint(number), offset: offset + Int64(index))
    }
  }

  static func fence(
    _ ownership: Ownership, to: Int64, from: Int64? = nil, anchors: Anchors = Anchors()
  ) -> Fence {
    Fence(
      partition: ownership.id, epoch: ownership.epoch, owner: ownership.owner,
      from: from ?? ownership.nextOffset, to: to, anchors: anchors)
  }

  static func outcomes(_ fence: Fence, _ change: (inout BatchOutcomes) -> Void = { _ in }) -> BatchOutcomes {
    var outcomes = BatchOutcomes()
    outcomes.from = fence.from
    outcomes.to = fence.to
    change(&outcomes)
    return outcomes
  }

  /// The read phase of a batch.
  static func open(
    _ store: Harness.Store, _ fence: Fence, _ claims: [KeyClaim], carefully: Bool = false
  ) throws {
    store.enter(.engine)
    try store.begin(fence)
    if !claims.isEmpty { try store.claim(claims, carefully: carefully) }
    try store.drawSequence()
    try store.synchronize()
  }

  /// The write phase of a batch.
  static func finish(
    _ store: Harness.Store, _ fence: Fence, _ change: (inout BatchOutcomes) -> Void = { _ in }
  ) throws {
    let commit = BatchCommit(partition: fence.partition, sequence: try store.sequence())
    try store.record(outcomes(fence, change), as: commit)
    try store.commit {}
  }

  /// A whole batch.
  static func run(
    _ store: Harness.Store, _ fence: Fence, _ claims: [KeyClaim],
    _ change: (inout BatchOutcomes) -> Void = { _ in }
  ) throws {
    try open(store, fence, claims)
    try finish(store, fence, change)
  }

  static func expect(_ isSo: Bool, _ text: @autoclosure () -> String) throws {
    if !isSo { throw ConformanceFailure(description: text()) }
  }

  static func expectEqual<Value: Equatable>(_ actual: Value, _ wanted: Value, _ what: String) throws {
    try expect(actual == wanted, "\(what): found \(actual), expected \(wanted)")
  }

  /// Runs `body`, which must fail, and gives how.
  static func failure(_ what: String, _ body: () throws -> Void) throws -> StoreFailure.Kind {
    do {
      try body()
    } catch let failure as StoreFailure {
      return failure.kind
    }
    throw ConformanceFailure(description: "\(what) did not fail")
  }
}
