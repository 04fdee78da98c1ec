import Testing

@testable import Teller

@Suite struct `A claim plan` {
  private let here = PartitionID(1)

  @Test func `sorts claims by key and keeps each job's place`() {
    let plan = ClaimPlan([job(0, key: 30), job(1, key: 10), job(2, key: 20)], recent: RecentKeys(keysMax: 8))
    #expect(plan.claims.map(\.key.bits) == [10, 20, 30])
    #expect(plan.claims.map(\.offset) == [1, 2, 0])
    #expect(plan.roles == [.claim(2), .claim(0), .claim(1)])
  }

  @Test func `claims a repeated key once, for the first of its jobs`() {
    let jobs = [job(0, key: 9), job(1, key: 5), job(2, key: 9, meaning: 7), job(3, key: 9)]
    let plan = ClaimPlan(jobs, recent: RecentKeys(keysMax: 8))
    #expect(plan.claims.map(\.offset) == [1, 0])
    #expect(plan.roles == [.claim(1), .claim(0), .repeats(claim: 1), .repeats(claim: 1)])
  }

  @Test func `does not claim what was decided recently`() {
    var recent = RecentKeys(keysMax: 8)
    let before = ClaimPlan([job(4, key: 9, meaning: 3)], recent: recent)
    recent.remember(before.claims, in: here)
    let plan = ClaimPlan([job(5, key: 9), job(6, key: 1)], recent: recent)
    let known = KnownKey(
      fingerprint: Fingerprint(bits: 3, version: 1), location: Location(partition: here, offset: 4))
    #expect(plan.roles == [.known(known), .claim(0)])
    #expect(plan.claims.map(\.key.bits) == [1])
  }

  @Test func `is empty for no jobs`() {
    let plan = ClaimPlan([BatchJob<String>](), recent: RecentKeys(keysMax: 8))
    #expect(plan.claims.isEmpty)
    #expect(plan.roles.isEmpty)
  }
}

@Suite struct `Recent keys` {
  private func remembered(_ recent: RecentKeys, _ keys: Range<Int>) -> [Int] {
    keys.filter { recent[IdempotencyKey(bits: UInt128($0))] != nil }
  }

  private func claims(_ keys: Range<Int>) -> [KeyClaim] {
    ClaimPlan(keys.map { job(Int64($0), key: $0) }, recent: RecentKeys(keysMax: 0)).claims
  }

  @Test func `hold at least half of what they may, the newest`() {
    var recent = RecentKeys(keysMax: 10)
    for key in 0..<100 { recent.remember(claims(key..<(key + 1)), in: PartitionID(1)) }
    let kept = remembered(recent, 0..<100)
    #expect(kept.count >= 5 && kept.count <= 10)
    #expect(kept == Array((100 - kept.count)..<100))
  }

  @Test func `never hold more than they may, whatever a batch brings`() {
    var recent = RecentKeys(keysMax: 10)
    recent.remember(claims(0..<1_000), in: PartitionID(1))
    recent.remember(claims(1_000..<1_003), in: PartitionID(1))
    let kept = remembered(recent, 0..<1_003)
    #expect(kept.count <= 10)
    #expect(kept.suffix(3) == [1_000, 1_001, 1_002])
  }

  @Test func `hold nothing where nothing is allowed, or after being told to forget`() {
    var none = RecentKeys(keysMax: 0)
    none.remember(claims(0..<3), in: PartitionID(1))
    #expect(remembered(none, 0..<3).isEmpty)
    var some = RecentKeys(keysMax: 4)
    some.remember(claims(0..<3), in: PartitionID(1))
    some.remember(claims(3..<5), in: PartitionID(1))
    some.forget()
    #expect(remembered(some, 0..<5).isEmpty)
  }
}
