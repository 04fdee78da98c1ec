import PostgresClient
import Teller
import TellerTestKit
import Testing

@testable import TellerPostgres

/// What a person does to a partition: with a record of it, and never under a writer's feet.
@Suite struct `An operator` {
  private typealias Words = StoreWords
  private let note = OperatorNote(user: "ann@desk", reason: "ticket 4711")

  private func session(_ harness: PostgresHarness) throws -> OperatorSession {
    try OperatorSession.open(SessionSettings.worker(url: harness.url, owner: "operator"))
  }

  /// Partition 0 with so many offsets decided by `a`, whose sessions are gone, and halted for a reason.
  private func halted(_ harness: PostgresHarness, decided: Int64 = 0, reason: String? = "a hole") throws
    -> Ownership
  {
    let owner = try harness.takeOver(0, owner: "a")
    let anchor = Anchor(offset: max(decided - 1, 0), digest: [1, 2, 3])
    if decided > 0 {
      let fence = Fence(
        partition: owner.id, epoch: owner.epoch, owner: "a", from: 0, to: decided,
        anchors: Anchors(last: anchor, checkpoint: anchor))
      let claims = (0..<decided).flatMap { Words.claims(Int($0) + 1, from: $0) }
      try Words.run(harness.makeStore(owner: "a"), fence, claims)
    }
    if let reason {
      let store = PostgresOwnershipStore(try SessionSettings.worker(url: harness.url, owner: "a"))
      try store.halt(owner, reason: reason)
    }
    try untilGone(harness)
    return owner
  }

  /// A session that was closed is in the server's list for a moment longer.
  private func untilGone(_ harness: PostgresHarness) throws {
    try harness.until(
      "the owner's sessions are gone",
      """
      not exists (select from pg_stat_activity
                   where datname = current_database() and application_name = 'teller a')
      """)
  }

  /// Everything that an operator could change, as text.
  private func state(_ harness: PostgresHarness) throws -> String {
    let rows = try harness.query(
      """
      select concat_ws(' ', (select json_agg(o order by partition_id) from teller.owner o),
               (select count(*) from teller.partition_action), (select count(*) from teller.confirmed_gap),
               (select count(*) from teller.batch), (select max(id) from teller.history))
      """)
    return try rows.text(0, 0)
  }

  private func actions(_ harness: PostgresHarness) throws -> [PartitionAction] {
    var connection = try harness.connect()
    return try PartitionAction.latest(of: harness.stream, on: &connection)
  }

  // MARK: Resume

  @Test func `resumes a halted partition where it stands, and it is written down`() throws {
    let harness = try PostgresHarness()
    let owner = try halted(harness, decided: 3)
    var session = try session(harness)
    let before = try session.resume(0, topic: "transfers", note)
    #expect(before.haltedReason == "a hole" && before.nextOffset == 3 && !before.isOwnerAlive)
    let after = try #require(try session.standing(of: 0, topic: "transfers"))
    #expect(after.haltedReason == nil && after.nextOffset == 3)
    #expect(after.epoch == owner.epoch && after.owner == "a")
    let action = try #require(try actions(harness).first)
    #expect(action.kind == .resume && action.partition == 0 && action.firstOffset == 3)
    #expect(action.lastOffset == nil && action.haltedReason == "a hole" && action.epoch == owner.epoch)
    #expect(action.note == note)
    #expect(try actions(harness).count == 1)
  }

  @Test func `resumes nothing that is not halted, and nothing that is not there`() throws {
    let harness = try PostgresHarness()
    _ = try halted(harness, reason: nil)
    let before = try state(harness)
    var session = try session(harness)
    for (partition, topic, refusal) in [
      (0, "transfers", .notHalted), (1, "transfers", .notHalted), (2, "transfers", .unknownPartition),
      (0, "payments", .unknownPartition),
    ] as [(Int32, String, OperatorRefusal)] {
      do throws(OperatorRefusal) {
        _ = try session.resume(partition, topic: topic, note)
        Issue.record("partition \(partition) of \(topic) was resumed")
      } catch {
        #expect(error == refusal)
      }
    }
    #expect(try state(harness) == before)
  }

  // MARK: Skip

  private func skip(_ harness: PostgresHarness, from: Int64, to: Int64) throws -> OperatorRefusal? {
    var session = try session(harness)
    do throws(OperatorRefusal) {
      _ = try session.skip(0, topic: "transfers", from: from, to: to, note)
      return nil
    } catch {
      return error
    }
  }

  @Test func `gives offsets up: a gap, a batch without records, an epoch, and the record of it`() throws {
    let harness = try PostgresHarness()
    let owner = try halted(harness, decided: 3)
    #expect(try skip(harness, from: 3, to: 10) == nil)
    #expect(try harness.gaps(of: 0) == [3..<10])
    let cause = try harness.query("select cause from teller.gap")
    #expect(try cause.text(0, 0) == "skipped by operator: ticket 4711")
    var session = try session(harness)
    let after = try #require(try session.standing(of: 0, topic: "transfers"))
    #expect(after.nextOffset == 10 && after.epoch == owner.epoch + 1)
    #expect(after.owner.isEmpty && after.haltedReason == nil)
    // They prove the log before the gap, as long as it is there.
    #expect(after.anchors.last == Anchor(offset: 2, digest: [1, 2, 3]))
    #expect(after.anchors.checkpoint == after.anchors.last)
    let action = try #require(try actions(harness).first)
    #expect(action.kind == .skip && action.firstOffset == 3 && action.lastOffset == 9)
    #expect(action.haltedReason == "a hole" && action.note == note && action.epoch == after.epoch)
    let batches = try harness.batches()
    #expect(batches.map(\.offsets) == [0..<3, 3..<10])
    #expect(batches.map(\.epoch) == [owner.epoch, owner.epoch + 1])
    #expect(try harness.outcomes(of: 0).map(\.offset) == [0, 1, 2])
  }

  @Test(arguments: [0, 2, 3])
  func `goes forward only`(offset: Int64) throws {
    let harness = try PostgresHarness()
    _ = try halted(harness, decided: 3)
    let before = try state(harness)
    #expect(try skip(harness, from: 3, to: offset) == .goesBack(nextOffset: 3))
    #expect(try state(harness) == before)
  }

  @Test func `is told where the partition moved since the log was looked at`() throws {
    let harness = try PostgresHarness()
    _ = try halted(harness, decided: 3)
    let before = try state(harness)
    #expect(try skip(harness, from: 2, to: 9) == .moved(nextOffset: 3))
    #expect(try state(harness) == before)
  }

  @Test func `gives up nothing of a partition that a live worker decides`() throws {
    let harness = try PostgresHarness()
    _ = try halted(harness, reason: nil)
    do {
      let store = try harness.makeStore(owner: "a")
      let before = try state(harness)
      #expect(try skip(harness, from: 0, to: 5) == .isOwned(by: "a"))
      #expect(try state(harness) == before)
      withExtendedLifetime(store) {}
    }
    try untilGone(harness)
    #expect(try skip(harness, from: 0, to: 5) == nil)
  }

  /// Names are cut to 63 bytes by the server.
  @Test func `knows a live worker by the first 63 bytes of its name`() throws {
    let harness = try PostgresHarness()
    let name = String(repeating: "a-long-name.", count: 7)
    _ = try harness.takeOver(0, owner: name)
    let store = try harness.makeStore(owner: name)
    #expect(try skip(harness, from: 0, to: 5) == .isOwned(by: name))
    withExtendedLifetime(store) {}
  }

  @Test func `fences the writer that halted and wakes up later`() throws {
    let harness = try PostgresHarness()
    let owner = try halted(harness)
    #expect(try skip(harness, from: 0, to: 5) == nil)
    for from in [0, 5] as [Int64] {
      let thrown = #expect(throws: StoreFailure.self) {
        try Words.run(
          harness.makeStore(owner: "a"), Words.fence(owner, to: from + 1, from: from),
          Words.claims(9, from: from))
      }
      #expect(thrown?.kind == .fenced(OwnerRow(epoch: owner.epoch + 1, owner: "", nextOffset: 5)))
    }
    // Nor may it say that the partition halted, or how far it published.
    let store = PostgresOwnershipStore(try SessionSettings.worker(url: harness.url, owner: "a"))
    try store.halt(owner, reason: "late")
    let wish = CursorMove(partition: owner.id, epoch: owner.epoch, owner: "a", published: 0)
    #expect(try harness.makePublicationStore().move([wish]) == [])
    var session = try session(harness)
    #expect(try session.standing(of: 0, topic: "transfers")?.haltedReason == nil)
    // The next owner begins behind the gap.
    let heir = try harness.takeOver(0, owner: "b")
    #expect(heir.nextOffset == 5 && heir.epoch == owner.epoch + 2)
    try Words.run(harness.makeStore(owner: "b"), Words.fence(heir, to: 6), Words.claims(9, from: 5))
  }

  @Test func `waits for the batch in flight, and is told that it moved the partition`() throws {
    let harness = try PostgresHarness()
    let owner = try halted(harness)
    let store = try harness.makeStore(owner: "a")
    let fence = Words.fence(owner, to: 2)
    try Words.open(store, fence, Words.claims(1, 2))
    let late = InBackground { try self.skip(harness, from: 0, to: 5) }
    try harness.untilSomeoneWaits()
    try Words.finish(store, fence)
    #expect(try late.value() == .moved(nextOffset: 2))
    #expect(try harness.gaps(of: 0).isEmpty)
  }

  @Test func `leaves no hole between what is published before and behind the gap`() throws {
    let harness = try PostgresHarness()
    _ = try halted(harness, decided: 3)
    #expect(try skip(harness, from: 3, to: 10) == nil)
    let heir = try harness.takeOver(0, owner: "b")
    try Words.run(harness.makeStore(owner: "b"), Words.fence(heir, to: 12), Words.claims(20, 21, from: 10))
    let store = try harness.makePublicationStore()
    let stretches = try store.decided(in: 0..<12, of: heir.id, rowsMax: 100)
    #expect(stretches.map(\.range) == [0..<3, 3..<10, 10..<12])
    #expect(stretches.map { $0.rows.map(\.offset) } == [[0, 1, 2], [], [10, 11]])
    #expect(stretches.map(\.epoch) == [1, 2, 3])
    for published in [3, 10] as [Int64] {
      let move = CursorMove(partition: heir.id, epoch: heir.epoch, owner: "b", published: published)
      #expect(try store.move([move]) == [heir.id])
      // The event behind the gap names the one before it.
      #expect(try store.openCursors([heir]).map(\.previous) == [2])
    }
  }
}
