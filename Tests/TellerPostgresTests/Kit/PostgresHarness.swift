import Teller
import TellerIntegrationKit
import TellerTestKit

@testable import PostgresClient
@testable import TellerPostgres

/// A migrated database of its own with one adopted stream, and the real store over it.
final class PostgresHarness: PublicationHarness {
  let url: String
  let stream: StreamIdentity

  init(partitions: Int = 2, server: TemporaryPostgres? = nil) throws {
    url = try (server ?? TemporaryPostgres.shared).createDatabase("store")
    _ = try SchemaMigrator(SessionSettings.worker(url: url, owner: "migrator")).migrate(.engine)
    let sighting = StreamSighting(
      topic: "transfers", clusterID: "cluster", logRanges: Array(repeating: 0..<0, count: partitions),
      group: "tellers")
    stream = try Self.ownership(url).openStream(sighting)
  }

  private static func ownership(_ url: String, _ owner: String = "owner") throws -> PostgresOwnershipStore {
    PostgresOwnershipStore(try SessionSettings.worker(url: url, owner: owner))
  }

  /// A session that is not Teller's.
  func connect(_ url: String? = nil) throws -> Connection {
    try TemporaryPostgres.shared.connect(url ?? self.url)
  }

  func makeStore() throws -> PostgresStore { try makeStore(owner: "writer") }

  func makeStore(owner: String, url: String? = nil) throws -> PostgresStore {
    let store = PostgresStore(
      try SessionSettings.worker(url: url ?? self.url, owner: owner), stream: stream)
    try store.reconnect()
    return store
  }

  func takeOver(_ partition: Int32, owner: String) throws -> Ownership {
    try Self.ownership(url, owner).takeOver(partition, of: stream, owner: owner)
  }

  func ownerRow(of partition: Int32) throws -> OwnerRow {
    let rows = try query(
      "select epoch, owner, next_offset from teller.partition_owner where partition = \(partition)")
    return OwnerRow(
      epoch: try rows.int8(0, 0), owner: try rows.text(0, 1), nextOffset: try rows.int8(0, 2))
  }

  func outcomes(of partition: Int32) throws -> [ObservedOutcome] {
    let rows = try query(
      """
      select "offset", outcome, code from teller.outcome
       where topic = 'transfers' and partition = \(partition) order by 1
      """)
    return try (0..<rows.count).map { row in
      let code = try rows.isNull(row, 2) ? nil : rows.text(row, 2)
      return ObservedOutcome(try rows.int8(row, 0), try rows.text(row, 1), code)
    }
  }

  func gaps(of partition: Int32) throws -> [Range<Int64>] {
    let rows = try query(
      "select first_offset, last_offset from teller.gap where partition = \(partition) order by 1")
    return try (0..<rows.count).map { row in
      try rows.int8(row, 0)..<(try rows.int8(row, 1) + 1)
    }
  }

  func batches() throws -> [ObservedBatch] {
    let rows = try query(
      "select partition_id, first_offset, next_offset, epoch, sequence from teller.batch order by sequence")
    return try (0..<rows.count).map { row in
      ObservedBatch(
        partition: PartitionID(try rows.int4(row, 0)),
        offsets: try rows.int8(row, 1)..<(try rows.int8(row, 2)),
        epoch: try rows.int8(row, 3), sequence: try rows.int8(row, 4))
    }
  }

  func makePublicationStore() throws -> PostgresPublicationStore {
    let store = PostgresPublicationStore(try SessionSettings.worker(url: url, owner: "publisher"))
    try store.reconnect()
    return store
  }

  func trouble(of partition: Int32) throws -> String? {
    let rows = try query(
      """
      select c.trouble from teller.cursor c join teller.partition p on p.id = c.partition_id
       where p.partition = \(partition)
      """)
    return try rows.isNull(0, 0) ? nil : rows.text(0, 0)
  }

  func raiseHistory() throws { try Self.ownership(url).raiseHistory(reason: "a check asked for it") }

  func skip(_ partition: Int32, to offset: Int64) throws {
    try execute(
      """
      update teller.owner set next_offset = \(offset)
       where partition_id = (select id from teller.partition where partition = \(partition))
      """)
  }

  func cut(_ store: PostgresStore) throws {
    guard let pid = store.transaction.connection?.backendPID else { return }
    _ = try query("select pg_terminate_backend(\(pid))")
    try until("backend \(pid) is gone", "not exists (select from pg_stat_activity where pid = \(pid))")
  }

  func untilSomeoneWaits() throws {
    try until("a session waits for a lock", "exists (\(Self.waiting))")
  }

  /// Sessions of this database that wait for another's lock.
  static let waiting = """
    select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
    """

  /// Asks the server until a condition holds.
  func until(_ what: String, _ condition: String, within limit: Duration = .seconds(10)) throws {
    var connection = try connect()
    let (clock, ask) = (ContinuousClock(), Statement("ask", "select \(condition), pg_sleep(0.002)::text"))
    let end = clock.now + limit
    while clock.now < end { if try connection.query(ask).bool(0, 0) { return } }
    throw NeverSo(description: "it never came to pass that \(what)")
  }

  /// Runs one statement in a session of its own.
  func query(_ sql: String) throws -> Rows {
    var connection = try connect()
    return try connection.query(Statement("once", sql))
  }

  func execute(_ sql: String) throws {
    var connection = try connect()
    try connection.execute(sql)
  }
}
