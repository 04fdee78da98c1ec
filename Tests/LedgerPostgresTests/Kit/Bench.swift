import Ledger
import LedgerPostgres
import PostgresClient
import TellerIntegrationKit
import TellerTestKit

@testable import Teller
@testable import TellerPostgres

/// A migrated database of its own, a log in memory with three partitions, and the stream between them.
final class Bench: Sendable {
  let url: String
  let broker: SimulatedBroker
  let stream: StreamIdentity

  init(partitions: Int = 3) throws {
    url = try TemporaryPostgres.shared.createDatabase("ledger")
    let migrator = try SchemaMigrator(SessionSettings.worker(url: url, owner: "migrator"))
    _ = try migrator.migrate(.engine)
    _ = try migrator.migrate(.ledger)
    broker = SimulatedBroker(partitions: partitions)
    let store = PostgresOwnershipStore(try SessionSettings.worker(url: url, owner: "owner"))
    stream = try store.openStream(broker.sighting())
  }

  /// The writer of one partition, freshly taken over. `url`: the way to the database, if not the straight one.
  func writer(
    _ partition: Int32, url: String? = nil, batch: BatchLimits = BatchLimits(),
    crashPoints: CrashPoints = .none, claimsKeys: Bool = true, publisher: Publisher? = nil
  ) throws -> Writer {
    let owner = "writer \(partition)"
    let configuration = try SessionSettings.worker(url: url ?? self.url, owner: owner)
    let ownerships = PostgresOwnershipStore(try SessionSettings.worker(url: self.url, owner: owner))
    let ownership = try ownerships.takeOver(partition, of: stream, owner: owner)
    return try Writer(
      self, ownership, configuration, batch: batch, crashPoints: crashPoints, claimsKeys: claimsKeys,
      publisher: publisher)
  }

  /// The number-th account whose key belongs to a partition.
  func account(_ partition: Int32, _ number: Int = 0) -> String {
    var left = number
    var index = 0
    while true {
      let name = "acct-\(index)"
      index += 1
      let key = Array(name.utf8)
      guard Partitioner.murmur2.partition(key: key.span.bytes, count: stream.partitionCount) == partition
      else { continue }
      if left == 0 { return name }
      left -= 1
    }
  }

  /// Opens accounts as the command line does: in a transaction with a sequence number of its own.
  func open(_ names: [String], balance: Int64, overdraft: Int64? = 0, currency: String = "EUR") throws {
    let limit = overdraft.map { "\($0)" } ?? "null"
    let list = names.map { "'\($0)'" }.joined(separator: ",")
    try execute(
      """
      with number as materialized (select nextval('teller.batch_sequence') as batch),
      named as (
        insert into ledger.account (id, name, currency, opening_balance, opening_overdraft, batch)
        select nextval('ledger.account_id'), n, '\(currency)', \(balance), \(limit), batch
          from unnest(array[\(list)]) as n, number
        returning id)
      insert into ledger.account_balance (id, balance, version, overdraft)
      select id, \(balance), 0, \(limit) from named
      """)
  }

  /// Sends a transfer to the partition of its debit account.
  func pay(_ key: String, _ debit: String, _ credit: String, _ amount: Int64) {
    broker.send(.transfer(key, from: debit, to: credit, amount))
  }

  func connect() throws -> Connection { try TemporaryPostgres.shared.connect(url) }

  func query(_ sql: String) throws -> Rows {
    var connection = try connect()
    return try connection.query(Statement("once", sql))
  }

  func execute(_ sql: String) throws {
    var connection = try connect()
    try connection.execute(sql)
  }

  /// Rows as texts, columns divided by a space.
  func lines(_ sql: String) throws -> [String] {
    let rows = try query(sql)
    return try (0..<rows.count).map { row in
      try (0..<rows.columns).map { try rows.isNull(row, $0) ? "-" : rows.text(row, $0) }
        .joined(separator: " ")
    }
  }

  /// Deadlocks that the server has counted in this database.
  func deadlocks() throws -> Int64 {
    try query("select deadlocks from pg_stat_database where datname = current_database()").int8(0, 0)
  }

  /// Asks the server until some session waits for another's lock.
  func untilSomeoneWaits() throws {
    var connection = try connect()
    let ask = Statement(
      "ask",
      """
      select exists (select from pg_stat_activity
                      where datname = current_database() and wait_event_type = 'Lock'), pg_sleep(0.002)::text
      """)
    let end = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < end { if try connection.query(ask).bool(0, 0) { return } }
    throw NeverSo(description: "nobody ever waited for a lock")
  }
}
