import PostgresClient
import Teller
import TellerTestKit
import Testing

@testable import TellerPostgres

/// The fence and the takeover, seen from two sessions: whoever comes second sees what the first committed.
@Suite struct `A takeover` {
  private typealias Words = StoreWords

  @Test func `waits for the batch in flight and returns its committed end`() throws {
    let harness = try PostgresHarness()
    let (store, first) = (try harness.makeStore(), try harness.takeOver(0, owner: "a"))
    let fence = Words.fence(first, to: 3)
    try Words.open(store, fence, Words.claims(1, 2, 3))
    let takeover = InBackground { try harness.takeOver(0, owner: "b") }
    try harness.untilSomeoneWaits()
    try Words.finish(store, fence)
    let second = try takeover.value()
    #expect(second.nextOffset == 3)
    #expect(second.epoch == first.epoch + 1)
  }

  @Test(arguments: [true, false])
  func `fences the zombie that wakes up afterwards, with or without its claims`(claimsKeys: Bool) throws {
    let harness = try PostgresHarness()
    let first = try harness.takeOver(0, owner: "a")
    try Words.run(harness.makeStore(owner: "a"), Words.fence(first, to: 1), claimsKeys ? Words.claims(1) : [])
    let second = try harness.takeOver(0, owner: "b")
    let heir = try harness.makeStore(owner: "b")
    let claims = claimsKeys ? Words.claims(2, from: 1) : []
    let fence = Words.fence(second, to: 2)
    try Words.open(heir, fence, claims)
    let late = Self.run(harness, Words.fence(first, to: 2, from: 1), claims)
    // It names the row as committed: the heir's batch is not, yet.
    #expect(try late.value()?.code == "TL001")
    #expect(try late.value()?.kind == .fenced(OwnerRow(epoch: second.epoch, owner: "b", nextOffset: 1)))
    try Words.finish(heir, fence)
    #expect(try harness.batches().map(\.offsets) == [0..<1, 1..<2])
    #expect(try harness.batches().map(\.epoch) == [first.epoch, second.epoch])
  }

  /// PostgreSQL checks the guard again on the row's new version after it had to wait for it (chapter 13.2.1).
  @Test func `that is not committed yet holds up the zombie, and then fences it`() throws {
    let harness = try PostgresHarness()
    let first = try harness.takeOver(0, owner: "a")
    var heir = try harness.connect()
    try heir.execute("begin; update teller.owner set epoch = epoch + 1, owner = 'b'")
    let late = Self.run(harness, Words.fence(first, to: 1), Words.claims(1))
    try harness.untilSomeoneWaits()
    try heir.execute("commit")
    #expect(try late.value()?.kind == .fenced(OwnerRow(epoch: 2, owner: "b", nextOffset: 0)))
  }

  /// Runs a batch in a session and thread of its own; the failure is the answer.
  private static func run(
    _ harness: PostgresHarness, _ fence: Fence, _ claims: [KeyClaim]
  ) -> InBackground<StoreFailure?> {
    InBackground {
      do {
        try Words.run(harness.makeStore(owner: fence.owner), fence, claims)
        return nil
      } catch let failure as StoreFailure {
        return failure
      }
    }
  }

  @Test func `in the middle of a zombie's batch cannot happen: its lock is held to the end`() throws {
    let harness = try PostgresHarness()
    let (store, first) = (try harness.makeStore(), try harness.takeOver(0, owner: "a"))
    let fence = Words.fence(first, to: 1)
    try Words.open(store, fence, [])
    let takeover = InBackground { try harness.takeOver(0, owner: "b") }
    try harness.untilSomeoneWaits()
    try store.rollback()
    #expect(try takeover.value().nextOffset == 0)
    let thrown = #expect(throws: StoreFailure.self) { try Words.run(store, fence, []) }
    #expect(thrown?.code == "TL001")
  }

  @Test func `of twenty contenders at once gives each an epoch of its own`() throws {
    let harness = try PostgresHarness()
    let contenders = (0..<20).map { number in
      InBackground { try harness.takeOver(0, owner: "owner \(number)") }
    }
    let taken = try contenders.map { try $0.value() }.sorted { $0.epoch < $1.epoch }
    #expect(taken.map(\.epoch) == Array(1...20))
    let last = OwnerRow(epoch: 20, owner: taken[19].owner, nextOffset: 0)
    #expect(try harness.ownerRow(of: 0) == last)
  }

  @Test func `of a partition whose incarnation is closed is refused`() throws {
    let harness = try PostgresHarness()
    try harness.execute("update teller.owner set closed = true")
    let thrown = #expect(throws: StoreFailure.self) { _ = try harness.takeOver(0, owner: "a") }
    #expect(thrown?.kind == .unexpected)
    #expect(try harness.ownerRow(of: 0).epoch == 0)
  }
}
