import LedgerPostgres
import TellerPostgres
import Testing

/// Every invariant is shown to hold on right books, and to catch what it is there for.
@Suite struct `An audit` {
  /// A way to spoil the books, and the invariant that must notice; others may notice too.
  struct Corruption: CustomTestStringConvertible, Sendable {
    let id: String
    let what: String
    let sql: String
    var testDescription: String { "\(id): \(what)" }

    init(_ id: String, _ what: String, _ sql: String) {
      self.id = id
      self.what = what
      self.sql = sql
    }
  }

  static let corruptions = [
    Corruption(
      "I1", "money from nowhere", "update ledger.account_balance set balance = balance + 1 where id = 1"),
    Corruption("I1", "a leg without its other", "update ledger.journal set credit = 99 where \"offset\" = 7"),
    Corruption("I2", "a balance that moved", "update ledger.account_balance set balance = 104 where id = 1"),
    Corruption("I2", "a version that moved", "update ledger.account_balance set version = 4 where id = 1"),
    Corruption("I2", "a balance that is gone", "delete from ledger.account_balance where id = 4"),
    Corruption(
      "I3", "an overdrawn account",
      """
      alter table ledger.account_balance drop constraint balance_within_overdraft;
      update ledger.account_balance set balance = -1 where id = 1
      """),
    Corruption(
      "I3", "an overdrawn moment", "update ledger.journal set debit_balance = -1 where \"offset\" = 0"),
    Corruption("I4", "a lost offset in the middle", "delete from teller.dead_letter"),
    Corruption(
      "I4", "a lost offset at the start", "delete from teller.dedup where partition_id = 2 and \"offset\" = 0"
    ),
    Corruption(
      "I4", "a lost offset at the end", "update teller.owner set next_offset = 9 where partition_id = 1"),
    Corruption("I4", "a lost gap", "delete from teller.confirmed_gap"),
    Corruption(
      "I4", "an outcome beyond the end", "update teller.owner set next_offset = 7 where partition_id = 1"),
    Corruption(
      "I4", "an offset decided twice",
      "insert into teller.repeat select 1, 7, key, fingerprint, 1, 1, 0, false from teller.repeat where \"offset\" = 2"
    ),
    Corruption(
      "I4", "an outcome within a gap",
      "insert into teller.dead_letter (partition_id, \"offset\", code, reason, record_timestamp) values (1, 6, 'c', 'r', 0)"
    ),
    Corruption(
      "I5", "two first decisions",
      """
      alter table teller.dedup drop constraint one_first_decision_per_key;
      update teller.dedup set key = \(SeededBooks.uuid(1)) where "offset" = 7
      """),
    Corruption(
      "I5", "a repeat of another key's offset",
      "update teller.repeat set first_offset = 1 where \"offset\" = 2"),
    Corruption(
      "I5", "a repeat of nothing",
      "update teller.repeat set key = \(SeededBooks.uuid(8)) where \"offset\" = 3"),
    Corruption(
      "I5", "a repeat before its first",
      """
      update teller.dedup set key = \(SeededBooks.uuid(8)) where partition_id = 1 and "offset" = 0;
      update teller.dedup set key = \(SeededBooks.uuid(1)) where partition_id = 1 and "offset" = 7;
      update teller.repeat set first_offset = 7
      """),
    Corruption(
      "I6", "an applied transfer without entries", "delete from ledger.journal where \"offset\" = 7"),
    Corruption("I6", "a refused transfer with entries", "insert into teller.refusal values (1, 7, 'c')"),
    Corruption(
      "I6", "entries without an outcome", "update ledger.journal set \"offset\" = 6 where \"offset\" = 7"),
    Corruption("I6", "an opening with entries", "update ledger.account set \"offset\" = 1 where id = 4"),
    Corruption("I8", "an epoch that falls", "update teller.batch set epoch = 3 where sequence = 10"),
    Corruption("I8", "an epoch nobody was given", "update teller.batch set epoch = 3 where sequence = 12"),
    Corruption("I8", "an offset without a batch", "delete from teller.batch where sequence = 10"),
    Corruption(
      "I9", "a debit elsewhere", "update ledger.journal set debit = 2, credit = 1 where \"offset\" = 7"),
    Corruption(
      "I10", "a hole in the versions", "update ledger.journal set debit_version = 4 where \"offset\" = 7"),
    Corruption("I10", "a version twice", "update ledger.journal set debit_version = 1 where \"offset\" = 7"),
    Corruption(
      "I10", "a balance that does not follow",
      "update ledger.journal set credit_balance = 46 where \"offset\" = 7"),
    Corruption(
      "I10", "a first balance that does not follow",
      "update ledger.account set opening_balance = 99 where id = 1"),
    Corruption(
      "I11", "debits out of order",
      "update ledger.journal set debit_version = 4 - debit_version where debit = 1"),
    Corruption("I12", "a duplicate that was refused", "update teller.repeat set is_reuse = true"),
    Corruption("I12", "a reuse that was taken for a duplicate", "update teller.repeat set is_reuse = false"),
    Corruption(
      "I12", "a repeat with another meaning",
      "update teller.repeat set fingerprint = \(SeededBooks.uuid(7)) where \"offset\" = 2"),
  ]

  @Test func `finds nothing in right books`() throws {
    #expect(try SeededBooks().violated() == [])
  }

  @Test func `finds nothing in empty books, nor where accounts were only opened`() throws {
    let url = try SeededBooks.empty()
    var opener = try AccountOpener(SeededBooks.configuration(url))
    _ = try opener.open([OpeningOrder(account: "a", currency: "EUR", balance: 7, overdraft: nil)])
    var auditor = try Auditor.open(SeededBooks.configuration(url))
    for check in LedgerAudit.checks + EngineAudit.checks {
      #expect(try auditor.run(check, topic: "transfers").violations == 0, "\(check.id)")
    }
  }

  @Test(arguments: corruptions)
  func `catches`(_ corruption: Corruption) throws {
    let books = try SeededBooks()
    try books.execute(corruption.sql)
    #expect(try books.violated().contains(corruption.id))
  }

  @Test func `has a corruption for every check`() {
    let checked = (LedgerAudit.checks + EngineAudit.checks).map(\.id) + ["I9"]
    #expect(Set(checked) == Set(Self.corruptions.map(\.id)))
  }

  /// Offsets that an operator gave up are accounted for by the gap alone, also where the partition goes on behind it.
  @Test func `finds nothing where offsets were skipped, and misses the gap where it is gone`() throws {
    let books = try SeededBooks()
    try books.execute("select setval('teller.batch_sequence', 20)")
    var session = try OperatorSession.open(SeededBooks.configuration(books.url))
    _ = try session.skip(
      0, topic: "transfers", from: 8, to: 50, OperatorNote(user: "ann@desk", reason: "lost to retention"))
    #expect(try books.violated() == [])
    try books.execute("delete from teller.confirmed_gap where first_offset = 8")
    #expect(try books.violated() == ["I4"])
  }

  @Test func `asks for legs only of the topic whose records are transfers`() throws {
    let books = try SeededBooks()
    try books.execute("delete from ledger.journal; update teller.stream set topic = 'mails'")
    var auditor = try Auditor.open(SeededBooks.configuration(books.url))
    let legs = try #require(LedgerAudit.checks.first { $0.id == "I6" })
    #expect(try auditor.run(legs, topic: "transfers").violations == 0)
    #expect(try auditor.run(legs, topic: "mails").violations == 3)
  }
}
