import TellerTestKit
import Testing

@testable import Teller

/// Ordering by (sequence, offset) is a serial order that explains every decision, refusals too.
@Suite struct `The serial order` {
  private let bench: Bench
  private let x: String
  private let z: String
  private let y: String

  init() throws {
    bench = try Bench()
    // B owns partition 0: it opens x and pays y from z. T owns partition 1 with y.
    (x, z, y) = (bench.account(0, 0), bench.account(0, 1), bench.account(1, 0))
    try bench.open([z, y], balance: 100)
  }

  private func sendB() {
    bench.broker.send(.opening("open x", of: x))
    bench.pay("z to y", z, y, 50)
  }

  private func outcomes(_ partition: Int32) throws -> [String] {
    try bench.lines(
      "select outcome, code from teller.outcome where partition = \(partition) order by \"offset\"")
  }

  @Test func `holds when an account is opened and its neighbour paid between a look and a lock`() throws {
    let halt = Halt(at: .batchAfterPersist)
    let writers = (b: try bench.writer(0, crashPoints: halt.points), t: try bench.writer(1))
    sendB()
    let b = writers.b.drainInBackground()
    #expect(halt.untilReached())
    // The first needs B's payment, so B came before; then x must be there for the second.
    bench.pay("y to z", y, z, 120)
    bench.pay("y to x", y, x, 10)
    let t = writers.t.drainInBackground()
    try bench.untilSomeoneWaits()
    halt.go()
    try b.value()
    try t.value()
    #expect(try outcomes(1) == ["applied -", "applied -"])
    #expect(writers.t.retries == ["accounts appeared while the batch was loading"])
    #expect(try bench.violations() == [])
  }

  @Test func `holds when the refusal comes first and the opening waits`() throws {
    let halt = Halt(at: .batchAfterPersist)
    let writers = (b: try bench.writer(0), t: try bench.writer(1, crashPoints: halt.points))
    bench.pay("y to z", y, z, 120)
    bench.pay("y to x", y, x, 10)
    let t = writers.t.drainInBackground()
    #expect(halt.untilReached())
    sendB()
    let b = writers.b.drainInBackground()
    try bench.untilSomeoneWaits()
    halt.go()
    try t.value()
    try b.value()
    #expect(try outcomes(1) == ["rejected insufficient_funds", "rejected credit_account_not_found"])
    #expect(try outcomes(0) == ["applied -", "applied -"])
    #expect(try bench.violations() == [])
  }

  @Test func `holds when only the missing name is shared: the look waits for the opening`() throws {
    let halt = Halt(at: .batchAfterPersist)
    let writers = (b: try bench.writer(0, crashPoints: halt.points), t: try bench.writer(1))
    bench.broker.send(.opening("open x", of: x))
    let b = writers.b.drainInBackground()
    #expect(halt.untilReached())
    bench.pay("y to x", y, x, 10)
    let t = writers.t.drainInBackground()
    try bench.untilSomeoneWaits()
    halt.go()
    try b.value()
    try t.value()
    #expect(try outcomes(1) == ["applied -"])
    #expect(try bench.violations() == [])
  }

  @Test func `holds when two batches refuse the same missing name: they do not wait for each other`() throws {
    let halt = Halt(at: .batchAfterPersist)
    let writers = (b: try bench.writer(0, crashPoints: halt.points), t: try bench.writer(1))
    let missing = bench.account(2)
    bench.pay("z to nobody", z, missing, 1)
    let b = writers.b.drainInBackground()
    #expect(halt.untilReached())
    bench.pay("y to nobody", y, missing, 1)
    try writers.t.drainInBackground().value()
    halt.go()
    try b.value()
    #expect(try outcomes(0) == ["rejected credit_account_not_found"])
    #expect(try outcomes(1) == ["rejected credit_account_not_found"])
    #expect(try bench.violations() == [])
  }
}
