import PostgresClient
import Teller
import TellerIntegrationKit
import TellerTestKit
import Testing

@testable import TellerPostgres

/// A commit that waits for its standby is not evicted: ending it would show an unreplicated commit as truth.
@Suite struct `A commit that waits for a standby` {
  @Test func `is never evicted, however long it holds its locks`() throws {
    let server = try TemporaryPostgres()
    defer { server.remove() }
    let harness = try PostgresHarness(server: server)
    let owner = try harness.takeOver(0, owner: "a")
    try harness.execute("alter system set synchronous_standby_names = 'nobody'")
    try harness.execute("select pg_reload_conf()")
    try harness.until("the setting is read", "current_setting('synchronous_standby_names') = 'nobody'")
    let commit = InBackground { [harness] in
      try StoreWords.run(harness.makeStore(owner: "a"), StoreWords.fence(owner, to: 1), StoreWords.claims(1))
    }
    try harness.until(
      "the commit waits", "exists (select from pg_stat_activity where wait_event = 'SyncRep')")
    let clock = SimulatedClock()
    let watch = PostgresBlockerWatch(
      try SessionSettings.worker(url: harness.url, owner: "b"), owner: "b", now: { clock.now })
    try watch.reconnect()
    let takeover = InBackground { try harness.takeOver(0, owner: "b") }
    try harness.untilSomeoneWaits()
    for _ in 0..<3 {
      #expect(try watch.look() == [])
      clock.advance(by: .seconds(10))
    }
    try harness.execute("alter system reset synchronous_standby_names")
    try harness.execute("select pg_reload_conf()")
    try commit.value()
    #expect(try takeover.value().nextOffset == 1)
  }
}
