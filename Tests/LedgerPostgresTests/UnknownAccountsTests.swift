import TellerTestKit
import Testing

@testable import Teller

@Suite struct `A burst of unknown accounts, twenty thousand on either side` {
  /// The lock table is finite: one lock for each name would end in 53200 (15,000 did, with default settings).
  @Test func `is refused by three writers at once, without exhausting locks and without deadlocks`() throws {
    let bench = try Bench()
    let known = bench.account(0)
    try bench.open([known], balance: 1_000_000)
    for number in 0..<20_000 { bench.pay("u\(number)", "unknown-\(number)", "missing-\(number)", 1) }
    // Openings among them take their stripes exclusively.
    for number in 0..<50 { bench.broker.send(.opening("o\(number)", of: "late-\(number)")) }
    bench.pay("last", known, "late-0", 5)
    let writers = try (0..<3).map { try bench.writer(Int32($0), batch: BatchLimits(recordsMax: 6_000)) }
    for side in writers.map({ $0.drainInBackground() }) { try side.value(within: .seconds(300)) }
    let counts = try bench.lines(
      "select code, count(*)::text from teller.outcome where outcome = 'rejected' group by 1 order by 1")
    #expect(counts.contains("debit_account_not_found 20000"))
    #expect(try bench.deadlocks() == 0)
    #expect(!writers.flatMap(\.retries).contains("53200"))
    #expect(!writers.flatMap(\.retries).contains("40P01"))
    #expect(try bench.violations() == [])
  }
}
