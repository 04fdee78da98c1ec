import TellerTestKit
import Testing

@testable import Teller

/// An error in a handler's statements is bisected down to its record, and nothing loops.
@Suite struct `A record that the database refuses` {
  private let bench: Bench

  init() throws {
    bench = try Bench()
    try bench.open([bench.account(0), bench.account(1)], balance: 1_000)
  }

  private func send() {
    for number in 0..<9 {
      bench.pay("n\(number)", bench.account(0), bench.account(1), number == 4 ? 13 : 10)
    }
  }

  private func isDead() throws {
    let rows = try bench.lines(#"select outcome, code, key_text from teller.outcome order by "offset""#)
    var wanted = (0..<9).map { "applied - n\($0)" }
    wanted[4] = "dead refused_by_database n4"
    #expect(rows == wanted)
    let key = try #require(IdempotencyKey(parsing: "n4", topic: "transfers"))
    #expect(try bench.violations(refused: [key]) == [])
  }

  @Test func `at once is dead, and its neighbours are applied`() throws {
    try bench.execute("alter table ledger.journal add check (amount <> 13)")
    send()
    try bench.writer(0).drain()
    try isDead()
  }

  @Test func `by a deferred constraint is dead, and its neighbours are applied`() throws {
    try bench.execute(
      """
      create function ledger.unlucky() returns trigger language plpgsql as $$
      begin
        if new.amount = 13 then raise exception 'thirteen' using errcode = 'P0001'; end if;
        return null;
      end $$;
      create constraint trigger unlucky after insert on ledger.journal
        deferrable initially deferred for each row execute function ledger.unlucky();
      """)
    send()
    try bench.writer(0).drain()
    try isDead()
  }

  @Test func `for a reason that nobody knows halts the partition`() throws {
    try bench.execute(
      """
      create function ledger.unlucky() returns trigger language plpgsql as $$
      begin raise exception 'thirteen' using errcode = 'ZZ999'; end $$;
      create trigger unlucky before insert on ledger.journal for each row execute function ledger.unlucky();
      """)
    send()
    let stopped = #expect(throws: Writer.Stopped.self) { try bench.writer(0).drain() }
    guard case .halted(let reason) = stopped?.stop else {
      Issue.record("it stopped as \(String(describing: stopped))")
      return
    }
    #expect(reason.contains("ZZ999"))
    #expect(try bench.lines("select outcome from teller.outcome") == [])
  }
}
