internal import Teller

/// What every `PublicationStore` must do, as checks that run over the real and the simulated one alike.
public enum PublicationStoreConformance<Harness: PublicationHarness> {
  /// One check. It wants a harness of its own, see `StoreHarness`.
  public struct Check: Sendable, CustomStringConvertible {
    /// The check's name: a sentence.
    public let description: String
    /// Throws `ConformanceFailure` or what a store threw.
    public let run: @Sendable (Harness) throws -> Void

    init(_ description: String, _ run: @escaping @Sendable (Harness) throws -> Void) {
      self.description = description
      self.run = run
    }
  }

  /// All checks.
  public static var checks: [Check] {
    cursorChecks + moveChecks + decidedChecks + rangeChecks + troubleChecks
  }

  // MARK: Words that the checks are written in

  typealias Words = JobStoreConformance<Harness>

  /// Decides offsets as applied, one batch of so many for each number.
  static func apply(
    _ harness: Harness, _ owner: Ownership, batches: Int64..., from: Int64 = 0
  ) throws {
    let store = try harness.makeStore()
    var offset = from
    for count in batches {
      let claims = (offset..<(offset + count)).map { at in
        KeyClaim(key: key(owner, at), fingerprint: Words.fingerprint(Int(at)), offset: at)
      }
      try Words.run(store, Words.fence(owner, to: offset + count, from: offset), claims)
      offset += count
    }
  }

  /// A key that no other offset has, greater for greater offsets.
  static func key(_ owner: Ownership, _ offset: Int64) -> IdempotencyKey {
    IdempotencyKey(bits: UInt128(offset) << 64 | UInt128(UInt32(bitPattern: owner.id.value)))
  }

  static func wish(_ owner: Ownership, _ published: Int64) -> CursorMove {
    CursorMove(partition: owner.id, epoch: owner.epoch, owner: owner.owner, published: published)
  }

  static func cursor(
    _ owner: Ownership, _ published: Int64, after previous: Int64?, of decided: Int64
  ) -> PublicationCursor {
    PublicationCursor(partition: owner.id, published: published, previous: previous, decided: decided)
  }

  static func dead(
    _ offset: Int64, _ code: DeadLetterCause.Code = .undecodable, key: IdempotencyKey? = nil,
    headers: [RecordHeader] = []
  ) -> DeadRecord {
    DeadRecord(
      offset: offset, timestamp: 1_700_000_000_000 + offset, cause: DeadLetterCause(code, "made for a check"),
      idempotencyKey: key, key: [0, 0xff], value: nil, headers: headers)
  }

  static func expectEqual<Value: Equatable>(_ actual: Value, _ wanted: Value, _ what: String) throws {
    try Words.expectEqual(actual, wanted, what)
  }
}
