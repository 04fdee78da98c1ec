import LedgerPostgres
import PostgresClient
import TellerIntegrationKit
import Testing

@Suite struct `An account opener` {
  private func order(_ account: String, _ balance: Int64 = 5, overdraft: Int64? = 0) -> OpeningOrder {
    OpeningOrder(account: account, currency: "EUR", balance: balance, overdraft: overdraft)
  }

  @Test func `opens what is missing, counts what is there and names what differs`() throws {
    let url = try SeededBooks.empty()
    var opener = try AccountOpener(SeededBooks.configuration(url))
    #expect(try opener.open([order("a"), order("b", overdraft: nil)]) == report(opened: 2))
    let again = [order("a"), order("b", 6, overdraft: nil), order("c"), order("é")]
    #expect(try opener.open(again) == report(opened: 2, existing: 1, refused: ["b"]))
    try opener.vacuum()
    var connection = try TemporaryPostgres.shared.connect(url)
    let found = try connection.execute("select 1 from ledger.balance where balance = 5 and version = 0")
    #expect(found == ["SELECT 4"])
  }

  @Test func `gives each chunk a sequence number of its own`() throws {
    let url = try SeededBooks.empty()
    var opener = try AccountOpener(SeededBooks.configuration(url))
    _ = try opener.open([order("a"), order("b")])
    _ = try opener.open([order("c")])
    var connection = try TemporaryPostgres.shared.connect(url)
    #expect(try connection.execute("select distinct batch from ledger.opening") == ["SELECT 2"])
    #expect(
      try connection.execute("select 1 from ledger.opening where batch = 2 and account = 'c'") == ["SELECT 1"]
    )
  }

  @Test func `rolls a chunk back whole where a constraint refuses one of its accounts`() throws {
    let url = try SeededBooks.empty()
    var opener = try AccountOpener(SeededBooks.configuration(url))
    #expect(throws: (any Error).self) { try opener.open([order("a"), order("b", -1)]) }
    #expect(try opener.open([order("a")]) == report(opened: 1))
  }

  /// Both hold their look at the same names; the stripes make one of them wait, and its second look finds them.
  @Test func `opens each account once where many open the same at once`() async throws {
    let url = try SeededBooks.empty()
    let orders = (0..<500).map { order("account-\($0)") }
    let opened = try await withThrowingTaskGroup(of: Int.self) { group in
      for turn in 0..<4 {
        group.addTask {
          var opener = try AccountOpener(SeededBooks.configuration(url))
          return try opener.open(turn.isMultiple(of: 2) ? orders : orders.reversed()).opened
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(opened == 500)
  }

  private func report(opened: Int, existing: Int = 0, refused: [String] = []) -> OpeningReport {
    var report = OpeningReport()
    report.opened = opened
    report.existing = existing
    report.refused = refused
    return report
  }
}
