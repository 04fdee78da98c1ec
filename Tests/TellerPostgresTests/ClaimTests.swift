import PostgresClient
import Teller
import TellerTestKit
import Testing

@testable import TellerPostgres

@Suite struct `Claims of keys` {
  private typealias Words = StoreWords

  private let harness: PostgresHarness
  private let store: PostgresStore
  private let owner: Ownership

  init() throws {
    harness = try PostgresHarness()
    store = try harness.makeStore()
    owner = try harness.takeOver(0, owner: "a")
  }

  private func claims(_ texts: [String?], from offset: Int64) -> [KeyClaim] {
    texts.enumerated().map { index, text in
      KeyClaim(
        key: IdempotencyKey(bits: UInt128(offset) + UInt128(index) + 1, text: text),
        fingerprint: Words.fingerprint(index), offset: offset + Int64(index))
    }
  }

  @Test(arguments: [false, true])
  func `keep the text of natural keys, and none of UUIDs`(carefully: Bool) throws {
    let fence = Words.fence(owner, to: 3)
    try Words.open(store, fence, claims(["order 1", nil, "Bestellung 3 é"], from: 0), carefully: carefully)
    try Words.finish(store, fence)
    let rows = try harness.query(#"select coalesce(key_text, '-') from teller.dedup order by "offset""#)
    #expect(try (0..<3).map { try rows.text($0, 0) } == ["order 1", "-", "Bestellung 3 é"])
  }

  @Test func `go on carefully in the same batch after a plain conflict`() throws {
    try Words.run(store, Words.fence(owner, to: 2), Words.claims(2, 4))
    let fence = Words.fence(owner, to: 5, from: 2)
    let mixed = Words.claims(1, 2, 3, from: 2)
    let failure = #expect(throws: StoreFailure.self) { try Words.open(store, fence, mixed) }
    #expect(failure?.kind == .claimConflict)
    #expect(failure?.code == "23505")
    try store.rollback()
    try Words.open(store, fence, mixed, carefully: true)
    let place = Location(partition: owner.id, offset: 0)
    let known = KnownKey(fingerprint: Words.fingerprint(2), location: place)
    #expect(try store.knownKeys() == [nil, known, nil])
    try Words.finish(store, fence) { outcomes in
      outcomes.repeats = [
        BatchOutcomes.Repeat(
          offset: 3, key: Words.key(2), fingerprint: Words.fingerprint(2), first: place, isReuse: false)
      ]
    }
    let outcomes = try harness.outcomes(of: 0).map(\.outcome)
    #expect(outcomes == ["applied", "applied", "applied", "duplicate", "applied"])
  }

  @Test func `of an offset that was claimed before fail, and are nobody's conflict`() throws {
    try Words.run(store, Words.fence(owner, to: 1), Words.claims(1))
    try harness.execute("update teller.owner set next_offset = 0")
    let fence = Words.fence(owner, to: 1)
    let failure = #expect(throws: StoreFailure.self) { try Words.open(store, fence, Words.claims(9)) }
    #expect(failure?.kind == .unexpected)
    #expect(failure?.message.contains("one_claim_per_offset") == true)
    try store.rollback()
  }

  /// The sort is what prevents deadlocks: the same keys from two partitions at the same moment.
  @Test func `of the same keys from two partitions never deadlock`() throws {
    let owners = [owner, try harness.takeOver(1, owner: "b")]
    let before = try deadlocks()
    for round in 0..<20 {
      let keys = Array((round * 10)..<(round * 10 + 10))
      let sides = owners.map { owner in
        InBackground { [harness] in try Self.claim(harness, owner, keys, from: Int64(round * 10)) }
      }
      let conflicts = try sides.map { try $0.value() }.count { $0 == .claimConflict }
      #expect(conflicts == 1)
    }
    #expect(try deadlocks() == before)
  }

  private static func claim(
    _ harness: PostgresHarness, _ owner: Ownership, _ keys: [Int], from offset: Int64
  ) throws -> StoreFailure.Kind? {
    let store = try harness.makeStore()
    let claims = keys.enumerated().map { index, key in
      KeyClaim(key: Words.key(key), fingerprint: Words.fingerprint(key), offset: offset + Int64(index))
    }
    let fence = Words.fence(owner, to: offset + 10, from: offset)
    do throws(StoreFailure) {
      try store.begin(fence)
      try store.claim(claims, carefully: false)
      try store.drawSequence()
      try store.synchronize()
    } catch {
      try store.rollback()
      try Words.run(store, fence, [])
      return error.kind
    }
    try Words.finish(store, fence)
    return nil
  }

  private func deadlocks() throws -> Int64 {
    try harness.query("select deadlocks from pg_stat_database where datname = current_database()").int8(0, 0)
  }
}
