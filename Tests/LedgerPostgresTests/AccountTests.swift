import Ledger
import TellerTestKit
import Testing

@testable import LedgerPostgres
@testable import Teller

@Suite struct `The stripe of an account` {
  /// Part of the lock order: two releases that run side by side must lock the same numbers. Made with a separate
  /// implementation (Python) of FNV-1a, 32 bits, modulo 1,024.
  @Test(
    arguments: [
      ("a", 300), ("acct-00000042", 571), ("acct-00000007", 416), ("world", 147), ("caf\u{e9}", 73),
      ("cafe\u{301}", 55), (String(repeating: "Z", count: 128), 453), ("\u{65e5}\u{672c}", 593),
    ] as [(String, Int32)])
  func `never changes between releases`(name: String, stripe: Int32) {
    #expect(AccountStripe.of(name) == stripe)
  }

  @Test func `is locked once, ascending, exclusively where any of its names is opened`() {
    let names = (0..<3_000).map { "name-\($0)" }
    let locks = AccountStripe.locks(shared: names, exclusive: [names[7]])
    #expect(locks.count <= 1_024 && locks.count > 600)
    #expect(zip(locks, locks.dropFirst()).allSatisfy { $0.stripe < $1.stripe })
    #expect(locks.filter(\.isExclusive).map(\.stripe) == [AccountStripe.of(names[7])])
    #expect(AccountStripe.locks(shared: [], exclusive: ["a"]).map(\.isExclusive) == [true])
    #expect(AccountStripe.locks(shared: ["a"], exclusive: []).map(\.isExclusive) == [false])
  }
}

@Suite struct `An account's key` {
  private let composed = "caf\u{e9}"
  private let decomposed = "cafe\u{301}"

  @Test func `is equal only byte for byte`() {
    #expect(composed == decomposed)
    #expect(AccountKey(composed) != AccountKey(decomposed))
    #expect(Set([AccountKey(composed), AccountKey(decomposed)]).count == 2)
    #expect(AccountKey("a") != AccountKey("A"))
    #expect(AccountKey("a") != AccountKey("a "))
    #expect(AccountKey("caf" + "\u{e9}") == AccountKey(composed))
    #expect(AccountKey(composed).hashValue == AccountKey("caf" + "\u{e9}").hashValue)
  }

  @Test func `keeps two spellings of one letter apart in the database too`() throws {
    let bench = try Bench(partitions: 1)
    try bench.open([composed], balance: 100)
    bench.pay("1", composed, decomposed, 10)
    let writer = try bench.writer(0)
    try writer.drain()
    bench.broker.send(.opening("2", of: decomposed))
    bench.pay("3", composed, decomposed, 10)
    bench.pay("4", decomposed, composed, 4)
    try writer.drain()
    let rows = try bench.lines(#"select outcome, code from teller.outcome order by "offset""#)
    #expect(rows == ["rejected credit_account_not_found", "applied -", "applied -", "applied -"])
    #expect(try bench.lines("select balance::text from ledger.balance order by 1") == ["6", "94"])
    #expect(try bench.violations() == [])
  }
}

@Suite struct `The memory of accounts` {
  private func euro() throws -> Currency { try #require(Currency("EUR")) }

  @Test func `finds what was added, byte for byte, and forgets everything at once`() throws {
    var cache = AccountCache()
    cache.add("caf\u{e9}", id: 7, currency: try euro())
    let place = try #require(cache.place(of: "caf\u{e9}"))
    #expect(cache[place].id == 7)
    #expect(cache.place(of: "cafe\u{301}") == nil)
    cache.forget()
    #expect(cache.place(of: "caf\u{e9}") == nil)
    #expect(cache.entries.isEmpty)
  }

  @Test func `is dropped rather than grown beyond its bound`() throws {
    var cache = AccountCache()
    let currency = try euro()
    for number in 0..<AccountCache.entriesMax {
      cache.add("\(number)", id: Int64(number), currency: currency)
    }
    cache.add("one more", id: -1, currency: currency)
    #expect(cache.entries.count == 1)
    #expect(cache.place(of: "0") == nil)
    #expect(cache.place(of: "one more") != nil)
  }

  /// A surrogate id that was rolled back would move money on the wrong account.
  @Test func `holds no account whose opening was rolled back`() throws {
    let bench = try Bench()
    let (opened, payer) = (bench.account(0, 1), bench.account(0))
    try bench.open([payer], balance: 100)
    let writer = try bench.writer(0)
    // The whole batch is refused once, after the opening was decided, and then runs in halves.
    try bench.execute("alter table ledger.journal add check (amount <> 13)")
    bench.broker.send(.opening("o", of: opened))
    bench.pay("13", payer, opened, 13)
    bench.pay("10", payer, opened, 10)
    try writer.drain()
    bench.pay("5", opened, payer, 5)
    try writer.drain()
    #expect(try bench.lines("select balance::text from ledger.balance order by version, 1") == ["5", "95"])
    let key = try #require(IdempotencyKey(parsing: "13", topic: "transfers"))
    #expect(try bench.violations(refused: [key]) == [])
  }

  /// Restored from a backup, the same id may belong to another name.
  @Test func `is dropped when the database says that memories are void`() throws {
    let bench = try Bench()
    let (payer, payee) = (bench.account(0), bench.account(1))
    try bench.open([payer, payee], balance: 100)
    let writer = try bench.writer(0)
    bench.pay("1", payer, payee, 10)
    try writer.drain()
    try bench.execute(
      """
      update ledger.account set id = id + 1000;
      update ledger.account_balance set id = id + 1000;
      update ledger.journal set debit = debit + 1000, credit = credit + 1000;
      """)
    writer.partition.context.signals.dropMemories()
    bench.pay("2", payer, payee, 10)
    try writer.drain()
    #expect(writer.retries == [])
    #expect(try bench.violations() == [])
  }
}
