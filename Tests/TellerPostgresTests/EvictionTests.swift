import PostgresClient
import TellerIntegrationKit
import TellerTestKit
import Testing

@testable import Teller
@testable import TellerPostgres

/// A frozen process must not stall the fleet, and a healthy one in a queue must not be shot.
@Suite struct `The watch over blockers` {
  private typealias Words = StoreWords

  private let harness: PostgresHarness
  private let clock = SimulatedClock()

  init() throws { harness = try PostgresHarness(partitions: 5) }

  private func watch(_ owner: String) throws -> PostgresBlockerWatch {
    let configuration = try SessionSettings.worker(url: harness.url, owner: owner)
    let watch = PostgresBlockerWatch(configuration, owner: owner, now: { [clock] in clock.now })
    try watch.reconnect()
    return watch
  }

  /// A session that has sent its guard and no Sync, and will say nothing more.
  private func freeze(_ owner: String) throws -> PostgresStore {
    let (store, owner) = (try harness.makeStore(owner: owner), try harness.takeOver(0, owner: owner))
    try store.begin(Words.fence(owner, to: 1))
    try store.push()
    let pid = store.transaction.connection?.backendPID ?? 0
    try harness.until(
      "the frozen backend waits for its client",
      """
      exists (select from pg_stat_activity where pid = \(pid) and state = 'active'
                 and wait_event = 'ClientRead' and xact_start is not null)
      """)
    return store
  }

  @Test func `ends a session frozen in mid-pipeline, and the takeover goes through within 3 s`() throws {
    let frozen = try freeze("a")
    let evicted = Signal<[String]>([])
    let thread = EvictionThread { event in
      if case .evicted(let sentence) = event { evicted.withLock { $0.append(sentence) } }
    }
    let configuration = try SessionSettings.worker(url: harness.url, owner: "b")
    let start = ContinuousClock.now
    thread.start {
      PostgresBlockerWatch(configuration, owner: "b") { ContinuousClock.now - start }
    }
    let second = try harness.takeOver(0, owner: "b")
    let took = ContinuousClock.now - start
    #expect(second.nextOffset == 0)
    #expect(took > .seconds(1) && took < .seconds(3), "it took \(took)")
    #expect(evicted.wait(for: .seconds(5)) { $0.isEmpty ? nil : $0.count } == 1)
    #expect(thread.close(within: .seconds(5)))
    let failure = #expect(throws: StoreFailure.self) { try frozen.synchronize() }
    #expect(failure?.kind == .disconnected(commitInDoubt: false))
  }

  @Test func `waits until a blocker has been unchanged for more than a second`() throws {
    let frozen = try freeze("a")
    let watch = try watch("b")
    #expect(try watch.look() == [])
    let takeover = InBackground { [harness] in try harness.takeOver(0, owner: "b") }
    try harness.untilSomeoneWaits()
    #expect(try watch.look() == [])
    clock.advance(by: .seconds(1))
    #expect(try watch.look() == [])
    clock.advance(by: .milliseconds(1))
    #expect(try watch.look().count == 1)
    #expect(try takeover.value().epoch == 2)
    withExtendedLifetime(frozen) {}
  }

  @Test func `begins to count anew when a blocker has moved on`() throws {
    let (store, owner) = (try harness.makeStore(owner: "a"), try harness.takeOver(0, owner: "a"))
    try Words.open(store, Words.fence(owner, to: 1), [])
    let watch = try watch("b")
    let takeover = InBackground { [harness] in try harness.takeOver(0, owner: "b") }
    try harness.untilSomeoneWaits()
    for _ in 0..<5 {
      #expect(try watch.look() == [])
      clock.advance(by: .seconds(10))
      // Another round trip of the same transaction: it is alive.
      try store.drawSequence()
      try store.synchronize()
    }
    try Words.finish(store, Words.fence(owner, to: 1))
    #expect(try takeover.value().nextOffset == 1)
    #expect(try watch.look() == [])
  }

  @Test func `never ends a session that is not Teller's`() throws {
    _ = try harness.takeOver(0, owner: "a")
    var stranger = try harness.connect()
    try stranger.execute("begin; select 1 from teller.owner for update")
    let watch = try watch("b")
    let takeover = InBackground { [harness] in try harness.takeOver(0, owner: "b") }
    try harness.untilSomeoneWaits()
    for _ in 0..<3 {
      #expect(try watch.look() == [])
      clock.advance(by: .seconds(10))
    }
    try stranger.execute("rollback")
    #expect(try takeover.value().epoch == 2)
  }

  @Test func `never ends a session that nobody of ours waits for`() throws {
    let frozen = try freeze("a")
    let watch = try watch("c")
    let takeover = InBackground { [harness] in try harness.takeOver(0, owner: "b") }
    try harness.untilSomeoneWaits()
    for _ in 0..<3 {
      #expect(try watch.look() == [])
      clock.advance(by: .seconds(10))
    }
    try harness.cut(frozen)
    #expect(try takeover.value().epoch == 2)
  }

  @Test func `finds its own sessions under a name that PostgreSQL has cut`() throws {
    let long = String(repeating: "b", count: 80)
    let frozen = try freeze("a")
    let watch = try watch(long)
    let takeover = InBackground { [harness] in try harness.takeOver(0, owner: long) }
    try harness.untilSomeoneWaits()
    #expect(try watch.look() == [])
    clock.advance(by: .milliseconds(1_001))
    #expect(try watch.look().count == 1)
    #expect(try takeover.value().owner == long)
    withExtendedLifetime(frozen) {}
  }

  @Test func `leaves the session frozen behind a Sync to the server's own limit`() throws {
    let (store, first) = (try harness.makeStore(owner: "a"), try harness.takeOver(0, owner: "a"))
    try Words.open(store, Words.fence(first, to: 1), Words.claims(1))
    let start = ContinuousClock.now
    let second = try harness.takeOver(0, owner: "b")
    let took = ContinuousClock.now - start
    #expect(second.nextOffset == 0)
    #expect(took > .seconds(1.5) && took < .seconds(2.7), "it took \(took)")
    let failure = #expect(throws: StoreFailure.self) { try Words.finish(store, Words.fence(first, to: 1)) }
    guard case .disconnected = failure?.kind else {
      Issue.record("the frozen session failed as \(String(describing: failure))")
      return
    }
  }

  /// Five writers of five processes that all want one row, which each holds over a round trip.
  @Test func `never ends a healthy writer in a queue`() throws {
    try harness.execute("create table hot (id int4 primary key); insert into hot values (1)")
    let isDone = Signal(false)
    let start = ContinuousClock.now
    let watchers = try (0..<5).map { number in
      let configuration = try SessionSettings.worker(url: harness.url, owner: "w\(number)")
      return InBackground { () throws -> [String] in
        let watch = PostgresBlockerWatch(configuration, owner: "w\(number)") {
          ContinuousClock.now - start
        }
        try watch.reconnect()
        var evicted: [String] = []
        while isDone.wait(for: .milliseconds(50), until: { $0 ? true : nil }) == nil {
          evicted += try watch.look()
        }
        return evicted
      }
    }
    let writers = (0..<5).map { number in
      InBackground { [harness] in try Self.queue(harness, Int32(number)) }
    }
    for writer in writers { try writer.value(within: .seconds(60)) }
    isDone.withLock { $0 = true }
    for watcher in watchers { #expect(try watcher.value() == []) }
    #expect(try harness.batches().count == 5 * 12)
  }

  private static func queue(_ harness: PostgresHarness, _ number: Int32) throws {
    let hold = Statement("hold", "select pg_sleep(0.03)::text from (select id from hot for update) h")
    let store = try harness.makeStore(owner: "w\(number)")
    let owner = try harness.takeOver(number, owner: "w\(number)")
    for offset in 0..<Int64(12) {
      let fence = Words.fence(owner, to: offset + 1, from: offset)
      store.enter(.engine)
      try store.begin(fence)
      try store.transaction.send(hold)
      try store.drawSequence()
      try store.synchronize()
      try Words.finish(store, fence)
    }
  }
}
