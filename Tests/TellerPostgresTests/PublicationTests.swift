import PostgresClient
import Teller
import Testing

@testable import TellerPostgres

/// What only the real publication store has to do with.
@Suite struct `The publication store of PostgreSQL` {
  private typealias Words = StoreWords

  private let harness: PostgresHarness
  private let owner: Ownership
  private let store: PostgresPublicationStore

  init() throws {
    harness = try PostgresHarness()
    owner = try harness.takeOver(0, owner: "a")
    store = try harness.makePublicationStore()
  }

  private func bury(_ dead: [DeadRecord]) throws {
    let fence = Words.fence(owner, to: Int64(dead.count))
    let jobs = try harness.makeStore()
    try Words.open(jobs, fence, [])
    try Words.finish(jobs, fence) { $0.dead = dead }
  }

  private func dead(_ offset: Int64, bytes: Int) -> DeadRecord {
    DeadRecord(
      offset: offset, timestamp: -1, cause: DeadLetterCause(.tooLarge, "made for a check"),
      idempotencyKey: nil, key: nil, value: [UInt8](repeating: UInt8(offset), count: bytes), headers: [])
  }

  @Test func `reads no more of the dead than its memory bears, and one at least`() throws {
    let limit = Int(DecidedReading.deadBytesMax)
    let sizes = [limit / 2, limit / 2, limit + 1, 1, 1]
    try bury(sizes.enumerated().map { dead(Int64($0.offset), bytes: $0.element) })
    var pieces: [Range<Int64>] = []
    var next: Int64 = 0
    while next < 5 {
      let stretches = try store.decided(in: next..<5, of: owner.id, rowsMax: 100)
      let stretch = try #require(stretches.first)
      #expect(stretches.count == 1)
      #expect(stretch.dead.map { $0.value?.count } == stretch.range.map { sizes[Int($0)] })
      pieces.append(stretch.range)
      next = stretch.range.upperBound
    }
    #expect(pieces == [0..<2, 2..<3, 3..<5])
  }

  @Test func `names a dead letter that it can't read, instead of telling it wrongly`() throws {
    try bury([dead(0, bytes: 1)])
    try harness.execute("update teller.dead_letter set code = 'of_tomorrow'")
    let code = #expect(throws: StoreFailure.self) { try store.decided(in: 0..<1, of: owner.id, rowsMax: 9) }
    #expect(code?.kind == .unexpected)
    #expect(code?.message.contains("of_tomorrow") == true)
    try harness.execute("update teller.dead_letter set code = 'too_large', headers = '{}'")
    let headers = #expect(throws: StoreFailure.self) {
      try store.decided(in: 0..<1, of: owner.id, rowsMax: 9)
    }
    #expect(headers?.message.contains("headers") == true)
    // The session is still good.
    try harness.execute("update teller.dead_letter set headers = null")
    #expect(try store.decided(in: 0..<1, of: owner.id, rowsMax: 9).count == 1)
  }

  @Test func `is disconnected where its session was ended, and goes on after a reconnect`() throws {
    _ = try harness.query(
      "select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'teller publisher'"
    )
    let failure = #expect(throws: StoreFailure.self) { try store.histories() }
    #expect(failure?.kind == .disconnected(commitInDoubt: false))
    try store.reconnect()
    #expect(try store.histories().count == 1)
  }

  @Test func `tells the ids of histories as the table has them`() throws {
    try harness.raiseHistory()
    let rows = try harness.query("select id, random_id from teller.history order by id")
    var wanted: [Int32: UInt128] = [:]
    for row in 0..<rows.count { wanted[try rows.int4(row, 0)] = try rows.uuid(row, 1) }
    #expect(wanted.count == 2)
    #expect(try store.histories() == wanted)
  }

  /// A takeover at the same moment: the move has read the owner's row, and waits for the cursor's.
  @Test func `moves no cursor for an epoch below the one that moved it last`() throws {
    let jobs = try harness.makeStore()
    let fence = Words.fence(owner, to: 2)
    try Words.run(jobs, fence, Words.claims(1, 2))
    try harness.execute("update teller.cursor set epoch = \(owner.epoch + 1)")
    let wish = CursorMove(partition: owner.id, epoch: owner.epoch, owner: owner.owner, published: 1)
    #expect(try store.move([wish]) == [])
    try harness.execute("update teller.cursor set epoch = \(owner.epoch)")
    #expect(try store.move([wish]) == [owner.id])
    #expect(try harness.query("select epoch from teller.cursor order by 1 desc").int8(0, 0) == owner.epoch)
  }
}
