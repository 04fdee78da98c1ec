import PostgresClient
import Teller
import TellerIntegrationKit
import TellerTestKit
import Testing

@testable import TellerPostgres

/// Which life of the database decides is settled before a session does anything else.
@Suite struct `The history` {
  private typealias Words = StoreWords

  private func numbers(_ harness: PostgresHarness) throws -> Int64 {
    try harness.query("select count(*) from teller.history").int8(0, 0)
  }

  private func batchHistories(_ harness: PostgresHarness) throws -> [Int32] {
    let rows = try harness.query("select history from teller.batch order by sequence")
    return try (0..<rows.count).map { try rows.int4($0, 0) }
  }

  private func reason(_ harness: PostgresHarness) throws -> String {
    try harness.query("select reason from teller.history order by id desc limit 1").text(0, 0)
  }

  /// As if the server had been promoted since: no other life of it is at hand.
  private func change(_ harness: PostgresHarness, by column: String = "timeline = '0000000A'") throws {
    try harness.execute("update teller.history set \(column)")
  }

  @Test func `begins with the first session that looks, and stays`() throws {
    let harness = try PostgresHarness()
    #expect(try numbers(harness) == 1)
    #expect(try reason(harness).hasPrefix("first seen"))
    _ = try harness.makeStore()
    _ = try harness.makePublicationStore()
    _ = try harness.takeOver(0, owner: "a")
    #expect(try numbers(harness) == 1)
  }

  @Test(arguments: ["timeline = '0000000A'", "system_identifier = 7"])
  func `is raised once by many sessions that come at once, whatever their isolation`(column: String) throws {
    let harness = try PostgresHarness()
    try harness.execute(
      """
      do $$ begin
        execute format('alter database %I set default_transaction_isolation = ''repeatable read''',
                       current_database());
      end $$
      """)
    try change(harness, by: column)
    // All of them find the change before the first may record it.
    var holder = try harness.connect()
    try holder.execute("select pg_advisory_lock(1952541037)")
    let sessions = (0..<12).map { number in
      InBackground {
        var connection = try Connection.open(SessionSettings.worker(url: harness.url, owner: "s\(number)"))
        return try ServerLife.observe(&connection)
      }
    }
    try harness.until(
      "all of them wait",
      "(select count(*) = 12 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')"
    )
    try holder.execute("select pg_advisory_unlock(1952541037)")
    let seen = try sessions.map { try $0.value() }
    #expect(try numbers(harness) == 2)
    #expect(seen.allSatisfy { $0.history == 2 })
    #expect(seen.filter { $0.raisedFrom == 1 }.count == 1)
    #expect(seen.filter { $0.raisedFrom == nil }.count == 11)
    #expect(try reason(harness).contains("the database changed from system"))
  }

  @Test(arguments: ["batch", "publication", "ownership", "operator"])
  func `is raised by the connection of any session that decides or publishes`(kind: String) throws {
    let harness = try PostgresHarness()
    let configuration = try SessionSettings.worker(url: harness.url, owner: "a")
    try change(harness)
    switch kind {
    case "batch": _ = try harness.makeStore()
    case "publication": _ = try harness.makePublicationStore()
    case "ownership": try PostgresOwnershipStore(configuration).reconnect()
    default:
      var session = try OperatorSession.open(configuration)
      _ = try session.standing(of: 0, topic: "transfers")
    }
    #expect(try numbers(harness) == 2)
  }

  @Test func `that was raised by anyone is told once by a session that saw the one before`() throws {
    let harness = try PostgresHarness()
    let store = PostgresOwnershipStore(try SessionSettings.worker(url: harness.url, owner: "a"))
    #expect(try store.observeServer() == nil)
    var session = try OperatorSession.open(SessionSettings.worker(url: harness.url, owner: "operator"))
    let raised = try session.raiseHistory(reason: "restored, says ann")
    #expect(raised.from == 1 && raised.to == 2)
    #expect(try store.observeServer() == "restored, says ann")
    #expect(try store.observeServer() == nil)
    try store.raiseHistory(reason: "by itself")
    #expect(try store.observeServer() == nil)
    let late = PostgresOwnershipStore(try SessionSettings.worker(url: harness.url, owner: "b"))
    #expect(try late.observeServer() == nil)
  }

  @Test func `that an operator raised is what the next batch of an open session bears`() throws {
    let harness = try PostgresHarness()
    let (store, owner) = (try harness.makeStore(), try harness.takeOver(0, owner: "writer"))
    try Words.run(store, Words.fence(owner, to: 1), Words.claims(1))
    var session = try OperatorSession.open(SessionSettings.worker(url: harness.url, owner: "operator"))
    _ = try session.raiseHistory(reason: "restored")
    try Words.run(store, Words.fence(owner, to: 2, from: 1), Words.claims(2, from: 1))
    #expect(try batchHistories(harness) == [1, 2])
  }

  /// A whole failover: refused while it is a standby, raised by the first connection once it is promoted.
  @Test func `on a promoted standby is the next one, from its first batch on`() throws {
    let primary = try TemporaryPostgres()
    defer { primary.remove() }
    let harness = try PostgresHarness(server: primary)
    let owner = try harness.takeOver(0, owner: "writer")
    try Words.run(harness.makeStore(), Words.fence(owner, to: 1), Words.claims(1))
    let standby = try StandbyPostgres(of: primary)
    defer { standby.server.remove() }
    try standby.awaitReplay()
    let database = try harness.query("select current_database()::text").text(0, 0)
    let reading = standby.readingURL(database: database)
    for failure in try refusals(harness, reading) {
      #expect(failure.kind == .disconnected(commitInDoubt: false))
      #expect(failure.code == "25006" && failure.message.contains("standby"))
    }
    try primary.stop(mode: .immediate)
    try standby.promote()
    let url = standby.server.url(database: database)
    let store = try harness.makeStore(owner: "writer", url: url)
    try Words.run(store, Words.fence(owner, to: 2, from: 1), Words.claims(2, from: 1))
    var connection = try harness.connect(url)
    let rows = try connection.query(
      Statement(
        "histories",
        """
        select b.history, h.timeline from teller.batch b join teller.history h on h.id = b.history order by b.sequence
        """))
    #expect(rows.count == 2)
    #expect(try rows.int4(1, 0) > rows.int4(0, 0))
    #expect(try rows.text(0, 1) == "00000001" && rows.text(1, 1) == "00000002")
  }

  /// How sessions of each kind are refused.
  private func refusals(_ harness: PostgresHarness, _ url: String) throws -> [StoreFailure] {
    let configuration = try SessionSettings.worker(url: url, owner: "a")
    let batch = #expect(throws: StoreFailure.self) {
      try PostgresStore(configuration, stream: harness.stream).reconnect()
    }
    let ownership = #expect(throws: StoreFailure.self) {
      try PostgresOwnershipStore(configuration).reconnect()
    }
    let publication = #expect(throws: StoreFailure.self) {
      try PostgresPublicationStore(configuration).reconnect()
    }
    let failures = [batch, ownership, publication].compactMap(\.self)
    #expect(failures.count == 3)
    return failures
  }
}
