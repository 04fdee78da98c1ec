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

  @Test func `grant what no record can: an unlimited overdraft`() throws {
    let bench = try Bench()
    let world = OpeningOrder(account: bench.account(0), currency: "EUR", balance: 0, overdraft: nil)
    _ = try Self.open(bench.url, [world] + Self.orders([bench.account(1)]))
    bench.pay("1", bench.account(0), bench.account(1), .max - 100)
    try bench.writer(0).drain()
    #expect(try bench.lines("select outcome from teller.outcome") == ["applied"])
    #expect(try bench.violations() == [])
  }

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
  }
}
