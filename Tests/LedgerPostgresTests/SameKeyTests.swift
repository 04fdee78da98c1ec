import TellerTestKit
import Testing

@testable import Teller

@Suite struct `One key under two debit accounts` {
  /// Eight keys in opposite orders, at the same moment on two partitions, fifty times.
  @Test func `is decided once, is reused once, and never deadlocks`() throws {
    let bench = try Bench()
    let (one, two) = (bench.account(0), bench.account(1))
    try bench.open([one, two], balance: 1_000_000)
    let writers = [try bench.writer(0), try bench.writer(1)]
    for round in 0..<50 {
      for key in 0..<8 {
        bench.pay("key \(round).\(key)", one, two, 1)
        bench.pay("key \(round).\(7 - key)", two, one, 1)
      }
      for side in writers.map({ $0.drainInBackground() }) { try side.value() }
    }
    let counts = try bench.lines(
      "select outcome, code, count(*)::text from teller.outcome group by 1, 2 order by 1")
    #expect(counts == ["applied - 400", "rejected idempotency_key_reused 400"])
    #expect(try bench.deadlocks() == 0)
    #expect(!writers.flatMap(\.retries).contains("40P01"))
    #expect(try bench.violations() == [])
  }

  @Test func `makes the second wait for the first, and then name it`() throws {
    let bench = try Bench()
    let (one, two) = (bench.account(0), bench.account(1))
    try bench.open([one, two], balance: 100)
    let halt = Halt(at: .batchAfterPersist)
    let (first, second) = (try bench.writer(0, crashPoints: halt.points), try bench.writer(1))
    bench.pay("order 1", one, two, 1)
    let ahead = first.drainInBackground()
    #expect(halt.untilReached())
    bench.pay("order 1", two, one, 1)
    let behind = second.drainInBackground()
    try bench.untilSomeoneWaits()
    halt.go()
    try ahead.value()
    try behind.value()
    let rows = try bench.lines(
      """
      select outcome, code, first_partition::text, first_offset::text, first_outcome from teller.outcome
       where partition = 1
      """)
    #expect(rows == ["rejected idempotency_key_reused 0 0 applied"])
    #expect(try bench.violations() == [])
  }
}
