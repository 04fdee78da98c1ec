import PostgresClient
import TellerPostgres
import TellerTestKit
import Testing

@testable import LedgerPostgres
@testable import Teller

@Suite struct `Openings from the command line` {
  private static func orders(_ names: [String], balance: Int64 = 100) -> [OpeningOrder] {
    names.map { OpeningOrder(account: $0, currency: "EUR", balance: balance, overdraft: 0) }
  }

  private static func open(_ url: String, _ orders: [OpeningOrder]) throws -> OpeningReport {
    let configuration = try SessionSettings.command(url: url, command: "accounts open", isReading: false)
    var opener = try AccountOpener(configuration)
    return try opener.open(orders)
  }

  private func report(_ opened: Int, _ existing: Int, refused: [String] = []) -> OpeningReport {
    OpeningReport(opened: opened, existing: existing, refused: refused)
  }

  @Test func `open what is missing, count what is there, and name what is there and different`() throws {
    let bench = try Bench()
    #expect(try Self.open(bench.url, Self.orders(["a", "b"])) == report(2, 0))
    let again = Self.orders(["b", "c"]) + Self.orders(["a"], balance: 7)
    #expect(try Self.open(bench.url, again) == report(1, 1, refused: ["a"]))
    let balances = try bench.lines("select account, balance::text from ledger.balance order by 1")
    #expect(balances == ["a 100", "b 100", "c 100"])
    #expect(try bench.violations() == [])
  }

  @Test func `grant what no record can: an unlimited overdraft`() throws {
    let bench = try Bench()
    let world = OpeningOrder(account: bench.account(0), currency: "EUR", balance: 0, overdraft: nil)
    _ = try Self.open(bench.url, [world] + Self.orders([bench.account(1)]))
    bench.pay("1", bench.account(0), bench.account(1), .max - 100)
    try bench.writer(0).drain()
    #expect(try bench.lines("select outcome from teller.outcome") == ["applied"])
    #expect(try bench.violations() == [])
  }

  @Test func `of the same names at once open each name once`() throws {
    let bench = try Bench()
    let names = (0..<2_000).map { "both-\($0)" }
    let sides = [Self.orders(names), Self.orders(names.reversed())].map { orders in
      InBackground { try Self.open(bench.url, orders) }
    }
    let reports = try sides.map { try $0.value() }
    #expect(reports.map(\.opened).sorted() == [0, 2_000])
    #expect(reports.map(\.existing).sorted() == [0, 2_000])
    #expect(try bench.deadlocks() == 0)
    #expect(try bench.violations() == [])
  }

  /// The same race as between two batches: refusals and openings must have one order.
  @Test(arguments: [11, 12, 13] as [UInt64])
  func `amid the work of three partitions have their place in the serial order`(seed: UInt64) throws {
    let bench = try Bench()
    var random = SplitMix64(seed: seed)
    let names = (0..<3).flatMap { partition in (0..<10).map { bench.account(Int32(partition), $0) } }
    _ = try Self.open(bench.url, Self.orders(names.suffix(3)))
    for number in 0..<600 {
      let (debit, credit) = (names[random.next(below: 30)], names[random.next(below: 30)])
      bench.pay("n\(number)", debit, credit, Int64(1 + random.next(below: 90)))
    }
    let writers = try (0..<3).map { try bench.writer(Int32($0), batch: BatchLimits(recordsMax: 9)) }
    let opener = InBackground {
      for start in stride(from: 0, to: 27, by: 3) {
        _ = try Self.open(bench.url, Self.orders(Array(names[start..<(start + 3)])))
      }
    }
    for side in writers.map({ $0.drainInBackground() }) { try side.value(within: .seconds(120)) }
    try opener.value()
    #expect(try bench.violations() == [], "seed \(seed)")
    #expect(try bench.deadlocks() == 0)
    // The server's own count may come a second late.
    #expect(!writers.flatMap(\.retries).contains("40P01"))
  }
}
