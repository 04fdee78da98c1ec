import PostgresClient
import Teller
import TellerIntegrationKit
import TellerTestKit
import Testing

@testable import TellerPostgres

/// From the flush of COMMIT on, a lost connection says nothing: only a locked read does.
@Suite struct `A COMMIT without an answer` {
  private typealias Words = StoreWords

  private let harness: PostgresHarness
  private let proxy: PostgresProxy
  private let owner: Ownership
  private let store: PostgresStore
  private let clock = SimulatedClock()

  init() throws {
    let server = try TemporaryPostgres.shared
    harness = try PostgresHarness()
    proxy = try PostgresProxy(to: server)
    let name = try harness.query("select current_database()::text").text(0, 0)
    owner = try harness.takeOver(0, owner: "a")
    store = try harness.makeStore(owner: "a", url: server.tcpURL(database: name, port: proxy.port))
  }

  private func loses(_ fault: PostgresProxy.CommitFault) throws -> (Fence, StoreFailure?) {
    let fence = Words.fence(owner, to: 2)
    try Words.open(store, fence, Words.claims(1, 2))
    proxy.onNextCommit(fault)
    var isSent = false
    try Words.persist(store, fence)
    let failure = #expect(throws: StoreFailure.self) { try store.commit { isSent = true } }
    #expect(isSent)
    #expect(failure?.kind == .disconnected(commitInDoubt: true))
    #expect(proxy.waitForCommitFault())
    try store.reconnect()
    return (fence, failure)
  }

  @Test func `that never arrived is found out, and the batch runs again`() throws {
    let (fence, _) = try loses(.cutBeforeForwarding)
    #expect(try store.resolve(fence) == .notCommitted)
    try Words.run(store, fence, Words.claims(1, 2))
    #expect(try harness.batches().map(\.offsets) == [0..<2])
  }

  @Test func `that took place is found out, and nothing runs twice`() throws {
    let (fence, _) = try loses(.cutBeforeReply)
    #expect(try store.resolve(fence) == .committed)
    let again = #expect(throws: StoreFailure.self) { try Words.run(store, fence, Words.claims(1, 2)) }
    #expect(again?.code == "TL001")
    try store.rollback()
    #expect(try harness.batches().map(\.offsets) == [0..<2])
  }

  @Test func `that is held up somewhere is waited for by the locked read`() throws {
    let (fence, _) = try loses(.cutAndHold)
    let resolver = InBackground { [harness] in try harness.makeStore().resolve(fence) }
    try harness.untilSomeoneWaits()
    #expect(proxy.forwardHeldCommit())
    #expect(try resolver.value() == .committed)
    #expect(try harness.batches().map(\.offsets) == [0..<2])
  }

  @Test func `that is held up and taken over meanwhile is somebody else's`() throws {
    let (fence, _) = try loses(.cutAndHold)
    let heir = InBackground { [harness] in try harness.takeOver(0, owner: "b") }
    try harness.untilSomeoneWaits()
    #expect(proxy.forwardHeldCommit())
    let second = try heir.value()
    #expect(second.nextOffset == 2)
    let row = OwnerRow(epoch: second.epoch, owner: "b", nextOffset: 2)
    #expect(try store.resolve(fence) == .fenced(row))
  }

  @Test func `that is held up and ends with its backend did not take place`() throws {
    let (fence, _) = try loses(.cutAndHold)
    // The backend has got a part of the write phase and no Sync: no limit of the server's will ever end it.
    let watch = PostgresBlockerWatch(
      try SessionSettings.worker(url: harness.url, owner: "a"), owner: "a", now: { [clock] in clock.now })
    try watch.reconnect()
    let resolver = InBackground { [harness] in try harness.makeStore(owner: "a").resolve(fence) }
    try harness.untilSomeoneWaits()
    #expect(try watch.look() == [])
    clock.advance(by: .seconds(2))
    #expect(try watch.look().count == 1)
    #expect(try resolver.value() == .notCommitted)
    _ = proxy.forwardHeldCommit(within: 1)
    #expect(try store.resolve(fence) == .notCommitted)
    try Words.run(store, fence, Words.claims(1, 2))
    #expect(try harness.outcomes(of: 0) == [ObservedOutcome(0, "applied"), ObservedOutcome(1, "applied")])
  }
}
