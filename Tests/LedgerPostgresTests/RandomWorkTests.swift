import TellerTestKit
import Testing

@testable import Teller

@Suite struct `Random work of three partitions on few accounts` {
  /// Openings, payments, repeats, reuses and noise; the accounts are few, so that batches meet all the time.
  private static func fill(_ bench: Bench, _ random: inout SplitMix64, records: Int) {
    var sent: [SimulatedRecord] = []
    let accounts = (0..<3).flatMap { partition in (0..<4).map { bench.account(Int32(partition), $0) } }
    for number in 0..<records {
      let (debit, credit) = (accounts[random.next(below: 12)], accounts[random.next(below: 12)])
      let record: SimulatedRecord
      switch random.next(below: 20) {
      case 0, 1: record = .opening("open \(number)", of: debit, overdraft: Int64(random.next(below: 50)))
      case 2 where !sent.isEmpty: record = sent[random.next(below: sent.count)]
      case 3 where number > 0:
        // Another meaning under an old key, often from another partition.
        record = .transfer("pay \(random.next(below: number))", from: debit, to: credit, 7)
      case 4: record = SimulatedRecord(debit, "not JSON")
      case 5: record = .transfer("pay \(number)", from: debit, to: credit, 5, currency: "USD")
      default:
        record = .transfer("pay \(number)", from: debit, to: credit, Int64(1 + random.next(below: 60)))
      }
      sent.append(record)
      bench.broker.send(record)
    }
  }

  @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
  func `is explained by its serial order, every decision and every balance`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let bench = try Bench()
    // Some accounts exist, one of them without a limit; the others are opened on the way.
    try bench.open([bench.account(0, 0)], balance: 0, overdraft: nil)
    try bench.open([bench.account(1, 0), bench.account(2, 0)], balance: 300)
    let writers = try (0..<3).map { partition in
      try bench.writer(Int32(partition), batch: BatchLimits(recordsMax: 1 + random.next(below: 12)))
    }
    for _ in 0..<3 {
      Self.fill(bench, &random, records: 200)
      for side in writers.map({ $0.drainInBackground() }) { try side.value(within: .seconds(120)) }
    }
    let violations = try bench.violations()
    #expect(violations == [], "seed \(seed)")
    #expect(try bench.deadlocks() == 0)
    // The server's own count may come a second late.
    #expect(!writers.flatMap(\.retries).contains("40P01"))
    #expect(writers.map(\.commits).reduce(0, +) > 30)
    let kinds = try bench.lines("select outcome from teller.outcome group by 1 order by 1")
    #expect(kinds == ["applied", "dead", "duplicate", "rejected"], "seed \(seed) shows too little")
  }

  /// The auditor itself must be able to fail: a balance that no history explains.
  @Test func `would be found out if one decision were another`() throws {
    let bench = try Bench()
    try bench.open([bench.account(0), bench.account(1)], balance: 10)
    bench.pay("1", bench.account(0), bench.account(1), 10)
    bench.pay("2", bench.account(0), bench.account(1), 10)
    try bench.writer(0).drain()
    #expect(try bench.violations() == [])
    try bench.execute("update teller.refusal set code = 'currency_mismatch'")
    #expect(try bench.violations().map(\.invariant) == ["I14"])
    try bench.execute("delete from teller.refusal")
    #expect(try !bench.violations().isEmpty)
  }
}
