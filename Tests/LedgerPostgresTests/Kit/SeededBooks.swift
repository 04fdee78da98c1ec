import LedgerPostgres
import PostgresClient
import Teller
import TellerIntegrationKit
import TellerPostgres
import Testing

/// A database of its own with both schemas, and small books in it that are right: every kind of outcome, a gap, an
/// opening from a record, two epochs, two partitions.
struct SeededBooks {
  let url: String
  /// Accounts that hash to partition 0 and 1 of two.
  static let accounts = (zero: name(for: 0), one: name(for: 1))

  /// A database with empty schemas.
  static func empty() throws -> String {
    let url = try TemporaryPostgres.shared.createDatabase("books")
    let migrator = try SchemaMigrator(configuration(url))
    _ = try migrator.migrate(.engine)
    _ = try migrator.migrate(.ledger)
    return url
  }

  static func configuration(_ url: String) throws -> PostgresConfiguration {
    try SessionSettings.command(url: url, command: "tests", isReading: false)
  }

  init() throws {
    url = try Self.empty()
    try execute(Self.engine)
    try execute(Self.ledger)
  }

  func execute(_ sql: String) throws {
    var connection = try TemporaryPostgres.shared.connect(url)
    try connection.execute(sql)
  }

  /// The numbers of the invariants that do not hold.
  func violated() throws -> [String] {
    var auditor = try Auditor.open(Self.configuration(url))
    var broken: [String] = []
    for check in LedgerAudit.checks + EngineAudit.checks {
      let finding = try auditor.run(check, topic: "transfers")
      #expect(finding.violations > 0 ? !finding.rows.isEmpty : finding.rows.isEmpty)
      if finding.violations > 0 { broken.append(finding.id) }
    }
    if try PlacementAudit.run(on: &auditor).violations > 0 { broken.append("I9") }
    return broken
  }

  private static func name(for partition: Int32) -> String {
    for number in 0..<1_000 {
      let bytes = Array("account-\(number)".utf8)
      if Partitioner.murmur2.partition(key: bytes.span.bytes, count: 2) == partition {
        return "account-\(number)"
      }
    }
    return ""
  }

  /// A uuid of one repeated digit.
  static func uuid(_ digit: Int) -> String { "'\(String(repeating: "\(digit)", count: 32))'" }

  private static let engine = """
    insert into teller.stream (topic, consumer_group) values ('transfers', 'teller');
    insert into teller.incarnation (stream, incarnation, cluster_id, partition_count, partitioner)
      values (1, 1, 'cluster', 2, 'murmur2');
    insert into teller.partition (stream, incarnation, partition) values (1, 1, 0), (1, 1, 1);
    insert into teller.owner (partition_id, epoch, owner, start_offset, next_offset)
      values (1, 2, 'w', 0, 8), (2, 1, 'w', 0, 2);
    insert into teller.cursor (partition_id, published_offset) values (1, 0), (2, 0);
    insert into teller.batch (partition_id, first_offset, next_offset, epoch, sequence, decided_at)
      values (1, 0, 5, 1, 10, now()), (2, 0, 2, 1, 11, now()), (1, 5, 8, 2, 12, now());
    insert into teller.dedup ("offset", partition_id, stream, key, fingerprint, fingerprint_version)
      values (0, 1, 1, \(uuid(1)), \(uuid(1)), 1), (1, 1, 1, \(uuid(2)), \(uuid(2)), 1),
             (7, 1, 1, \(uuid(3)), \(uuid(3)), 1), (0, 2, 1, \(uuid(4)), \(uuid(4)), 1),
             (1, 2, 1, \(uuid(5)), \(uuid(5)), 1);
    insert into teller.refusal values (1, 1, 'insufficient_funds');
    insert into teller.repeat values (1, 2, \(uuid(1)), \(uuid(1)), 1, 1, 0, false),
                                     (1, 3, \(uuid(1)), \(uuid(9)), 1, 1, 0, true);
    insert into teller.dead_letter (partition_id, "offset", code, reason, idempotency_key, record_timestamp)
      values (1, 4, 'invalid_request', 'why', \(uuid(1)), 0);
    insert into teller.confirmed_gap values (1, 5, 6, 'aborted');
    """

  private static let ledger = """
    insert into ledger.account (id, name, currency, opening_balance, opening_overdraft, batch, partition_id, "offset")
      values (1, '\(accounts.zero)', 'EUR', 100, 0, 1, null, null),
             (2, '\(accounts.one)', 'EUR', 50, 0, 1, null, null),
             (3, 'world', 'EUR', 0, null, 2, null, null), (4, 'opened', 'EUR', 0, 0, 11, 2, 0);
    insert into ledger.account_balance (id, balance, version, overdraft)
      values (1, 105, 3, 0), (2, 45, 3, 0), (3, 0, 0, null), (4, 0, 0, 0);
    insert into ledger.journal ("offset", partition_id, debit, credit, amount, debit_balance, debit_version,
                                credit_balance, credit_version, key)
      values (0, 1, 1, 2, 10, 90, 1, 60, 1, \(uuid(1))), (1, 2, 2, 1, 20, 40, 2, 110, 2, \(uuid(5))),
             (7, 1, 1, 2, 5, 105, 3, 45, 3, \(uuid(3)));
    """
}
