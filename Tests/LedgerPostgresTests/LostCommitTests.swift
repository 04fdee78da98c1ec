import TellerIntegrationKit
import TellerTestKit
import Testing

@testable import Teller

@Suite struct `A writer that loses its COMMIT` {
  private let bench: Bench
  private let proxy: PostgresProxy
  private let writer: Writer

  init() throws {
    let server = try TemporaryPostgres.shared
    bench = try Bench()
    proxy = try PostgresProxy(to: server)
    try bench.open([bench.account(0), bench.account(1)], balance: 1_000)
    let name = try bench.lines("select current_database()::text")[0]
    writer = try bench.writer(0, url: server.tcpURL(database: name, port: proxy.port))
    send(0..<3)
    try writer.drain()
  }

  private func send(_ numbers: Range<Int>) {
    for number in numbers { bench.pay("n\(number)", bench.account(0), bench.account(1), 10) }
  }

  private func isWhole(_ applied: Int) throws {
    let counts = try bench.lines("select outcome, count(*)::text from teller.outcome group by 1")
    #expect(counts == ["applied \(applied)"])
    #expect(try bench.violations() == [])
  }

  @Test(arguments: [PostgresProxy.CommitFault.cutBeforeForwarding, .cutBeforeReply])
  func `applies everything once, whether it arrived or not`(fault: PostgresProxy.CommitFault) throws {
    send(3..<6)
    proxy.onNextCommit(fault)
    try writer.drain()
    #expect(proxy.waitForCommitFault())
    #expect(writer.retries.count == 1)
    send(6..<9)
    try writer.drain()
    try isWhole(9)
  }

  @Test func `waits for one that is held up, and applies nothing twice`() throws {
    send(3..<6)
    proxy.onNextCommit(.cutAndHold)
    let work = writer.drainInBackground()
    #expect(proxy.waitForCommitFault())
    try bench.untilSomeoneWaits()
    #expect(proxy.forwardHeldCommit())
    try work.value()
    send(6..<9)
    try writer.drain()
    try isWhole(9)
  }

  @Test func `stops as fenced when another owner came in between`() throws {
    send(3..<6)
    proxy.refuseConnections(true)
    proxy.onNextCommit(.cutBeforeReply)
    let work = writer.drainInBackground()
    #expect(proxy.waitForCommitFault())
    let heir = try bench.writer(0)
    proxy.refuseConnections(false)
    let stopped = #expect(throws: Writer.Stopped.self) { try work.value() }
    guard case .fenced(let row) = stopped?.stop else {
      Issue.record("it stopped as \(String(describing: stopped))")
      return
    }
    #expect(row.nextOffset == 6)
    send(6..<9)
    try heir.drain()
    try isWhole(9)
  }

  @Test func `applies everything once when every session is cut again and again`() throws {
    for round in 1..<6 {
      send((3 * round)..<(3 * round + 3))
      let work = writer.drainInBackground()
      proxy.dropConnections()
      try work.value()
    }
    try isWhole(18)
  }

  /// The guard alone holds off the zombie: no key is claimed.
  @Test func `is fenced by the guard alone`() throws {
    let zombie = try bench.writer(1, claimsKeys: false)
    let heir = try bench.writer(1, claimsKeys: false)
    bench.pay("a", bench.account(1), bench.account(0), 10)
    try heir.drain()
    let stopped = #expect(throws: Writer.Stopped.self) { try zombie.drain() }
    guard case .fenced = stopped?.stop else {
      Issue.record("it stopped as \(String(describing: stopped))")
      return
    }
    #expect(try bench.lines("select account from ledger.entry where partition = 1").count == 2)
  }
}
