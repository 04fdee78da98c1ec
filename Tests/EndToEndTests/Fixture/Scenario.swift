import Foundation
import KafkaClient
import PostgresClient
import Teller
import TellerIntegrationKit

@testable import TellerCLI

/// A topic, a migrated database and opened accounts: where a scenario begins.
final class Scenario: Sendable {
  let broker: TestBroker
  let postgres: TemporaryPostgres
  let database: String
  /// The URL that workers are given: another one where they go through a proxy.
  let workerDatabase: String
  let topic: String
  let group: String
  let partitions: Int32
  let accounts: UInt32
  let books: Books

  /// - Parameters:
  ///   - postgres: nil is the server that all tests share.
  ///   - proxy: where workers go through one; it must stand before `postgres`.
  ///   - hasOutputs: false: nobody made the topics beside the input on a broker that makes none by request.
  init(
    on broker: TestBroker, partitions: Int32 = 6, accounts: UInt32 = 100, balance: Int64 = 5_000,
    postgres own: TemporaryPostgres? = nil, proxy: PostgresProxy? = nil, hasOutputs: Bool = true
  ) throws {
    self.broker = broker
    self.partitions = partitions
    self.accounts = accounts
    postgres = try own ?? TemporaryPostgres.shared
    let name = try postgres.createDatabaseName("e2e")
    database = postgres.url(database: name)
    workerDatabase = proxy.map { [postgres] in postgres.tcpURL(database: name, port: $0.port) } ?? database
    topic = "transfers-" + name.suffix(8)
    group = "tellers-" + name.suffix(8)
    books = Books(url: database)
    if hasOutputs {
      try broker.createTopics(topic, partitions: partitions)
    } else {
      try broker.createTopic(topic, partitions: partitions)
    }
    let migration = try TellerProcess.run(["migrate", "--postgres", database])
    guard migration.exitStatus == 0 else { throw ScenarioError("teller migrate: \(migration.tail())") }
    try openAccounts(balance: balance)
  }

  /// The topics beside the input, before the first worker: the embedded broker's scenario has them already.
  func createOutputs() throws {
    guard broker.kind == .real else { return }
    for output in OutputTopic.allCases {
      try broker.createTopic(output.name(beside: topic), partitions: partitions)
    }
  }

  /// What `teller status` says now.
  func status() throws -> String {
    let child = try TellerProcess.run(["status", "--topic", topic, "--postgres", database])
    return child.lines.map(\.text).joined(separator: "\n")
  }

  private func openAccounts(balance: Int64) throws {
    try books.execute(
      """
      with named as (
        select nextval('ledger.account_id') as id, 'acct-' || lpad(i::text, 8, '0') as name
          from generate_series(0, \(accounts) - 1) as i),
      opened as (
        insert into ledger.account (id, name, currency, opening_balance, opening_overdraft, batch)
        select id, name, 'EUR', \(balance), 0, (select nextval('teller.batch_sequence')) from named
        returning id)
      insert into ledger.account_balance (id, balance, version, overdraft)
      select id, \(balance), 0, 0 from opened
      """)
  }

  /// A generator's settings for these accounts: some of everything that can go wrong.
  func settings(_ count: UInt64, seed: UInt64 = 7, isMixed: Bool = true) -> TransferGenerator.Settings {
    var settings = TransferGenerator.Settings(count: count, accounts: accounts, seed: seed)
    guard isMixed else { return settings }
    settings.duplicates = 0.08
    settings.poison = 0.02
    settings.misrouted = 0.01
    settings.hot = 0.1
    return settings
  }

  /// Where the log ends now, by partition.
  func logEnds() throws -> [Int64] {
    let reader = try Consumer(broker.configuration())
    defer { _ = reader.close(within: .seconds(5)) }
    return try (0..<partitions).map {
      try reader.watermarks(topic: topic, partition: $0, timeout: .seconds(10)).high
    }
  }

  /// Waits until everything that is in the log now is decided.
  func awaitDecided(within limit: Duration = .seconds(60)) throws {
    let ends = try logEnds()
    try Observation.wait(for: "all of \(topic) decided, up to \(ends)", within: limit) {
      try positions() == ends
    }
  }

  /// The committed position of each partition.
  func positions(in books: Books? = nil) throws -> [Int64] {
    let rows = try (books ?? self.books).rows(
      "select next_offset from teller.partition_owner where topic = '\(topic)' order by partition")
    return try (0..<rows.count).map { try rows.int8($0, 0) }
  }

  /// A copy of the database as it stands; nobody may be connected to the original.
  func copied() throws -> Books {
    let original = String(database.dropFirst("postgresql:///".count).prefix { $0 != "?" })
    let name = "copy_\(UInt32.random(in: 0...UInt32.max))"
    try Books(url: postgres.url).execute("create database \(name) template \"\(original)\"")
    return Books(url: postgres.url(database: name))
  }

  /// How far each partition is published.
  func published() throws -> [Int64] {
    let rows = try books.rows(
      "select published_offset from teller.partition_owner where topic = '\(topic)' order by partition")
    return try (0..<rows.count).map { try rows.int8($0, 0) }
  }

  /// Waits until everything that is in the log now is decided and published.
  func awaitPublished(within limit: Duration = .seconds(60)) throws {
    let ends = try logEnds()
    try Observation.wait(for: "all of \(topic) published, up to \(ends)", within: limit) {
      try published() == ends
    }
  }

  /// How many offsets are decided so far.
  func decided() throws -> Int64 { try positions().reduce(0, +) }

  /// Why partitions stand still, by partition.
  func halts() throws -> [String] {
    try books.texts(
      """
      select halted_reason from teller.partition_owner
       where topic = '\(topic)' and halted_reason is not null order by partition
      """)
  }
}
