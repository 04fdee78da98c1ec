import TellerTestKit
import Testing

@testable import Teller

/// The table of the public read contract, row by row, by real batches.
@Suite struct `The outcome view` {
  private let bench: Bench
  private let payer: String
  private let payee: String
  private let writer: Writer

  init() throws {
    bench = try Bench()
    (payer, payee) = (bench.account(0), bench.account(1))
    try bench.open([payer, payee], balance: 100)
    writer = try bench.writer(0)
  }

  private func rows(_ condition: String = "partition = 0") throws -> [String] {
    try writer.drain()
    return try bench.lines(
      """
      select "offset"::text, coalesce(key_text, idempotency_key::text), outcome, code, first_incarnation::text,
             first_partition::text, first_offset::text, first_outcome, first_code
        from teller.outcome where \(condition) order by "offset"
      """)
  }

  @Test func `shows applied and rejected without a first decision`() throws {
    bench.pay("a", payer, payee, 60)
    bench.pay("r", payer, payee, 60)
    #expect(try rows() == ["0 a applied - - - - - -", "1 r rejected insufficient_funds - - - - -"])
  }

  @Test(arguments: [true, false])
  func `shows a repeat with what came first, in one batch and in a later one`(inOneBatch: Bool) throws {
    bench.pay("a", payer, payee, 60)
    bench.pay("r", payer, payee, 60)
    if !inOneBatch { try writer.drain() }
    bench.pay("a", payer, payee, 60)
    bench.pay("r", payer, payee, 60)
    #expect(
      try rows("outcome = 'duplicate'") == [
        "2 a duplicate - 1 0 0 applied -", "3 r duplicate - 1 0 1 rejected insufficient_funds",
      ])
  }

  @Test(arguments: [true, false])
  func `shows a reused key each time, and the first result stands`(inOneBatch: Bool) throws {
    bench.pay("a", payer, payee, 60)
    bench.pay("r", payer, payee, 60)
    if !inOneBatch { try writer.drain() }
    bench.pay("a", payer, payee, 1)
    bench.pay("r", payer, payee, 1)
    bench.pay("a", payer, payee, 60)
    let reused = "rejected idempotency_key_reused"
    #expect(
      try rows() == [
        "0 a applied - - - - - -", "1 r rejected insufficient_funds - - - - -",
        "2 a \(reused) 1 0 0 applied -", "3 r \(reused) 1 0 1 rejected insufficient_funds",
        "4 a duplicate - 1 0 0 applied -",
      ])
  }

  @Test func `shows a repeat on another partition with the first one's place`() throws {
    bench.pay("a", payer, payee, 60)
    try writer.drain()
    bench.pay("a", payee, payer, 60)
    try bench.writer(1).drain()
    #expect(try rows("partition = 1") == ["0 a rejected idempotency_key_reused 1 0 0 applied -"])
  }

  @Test func `shows the dead with their cause, and their key where it could be read`() throws {
    bench.broker.append(SimulatedRecord(payer, "not JSON"), to: 0)
    bench.broker.append(SimulatedRecord(payer, #"{"idempotency_key":"d","amount":-1}"#), to: 0)
    bench.broker.append(.transfer("m", from: payee, to: payer, 1), to: 0)
    bench.broker.append(.transfer("a", from: payer, to: payee, 1), to: 0)
    // Dead takes no key: the same keys are decided when they come again.
    bench.pay("d", payer, payee, 2)
    // Dead is never unique: the same key may be dead once more.
    bench.broker.append(SimulatedRecord(payer, #"{"idempotency_key":"d","amount":-1}"#), to: 0)
    #expect(
      try rows() == [
        "0 - dead undecodable - - - - -", "1 d dead invalid_request - - - - -",
        "2 m dead misrouted - - - - -", "3 a applied - - - - - -", "4 d applied - - - - - -",
        "5 d dead invalid_request - - - - -",
      ])
    let prints = try bench.lines(
      "select outcome from teller.outcome where (fingerprint is null) <> (outcome = 'dead')")
    #expect(prints == [])
  }

  @Test func `tells natural keys, which have a text, from UUIDs, which have none`() throws {
    let uuid = "8B1F2C3D-0000-4000-8000-00000000000A"
    bench.pay("order 7", payer, payee, 1)
    bench.pay(uuid, payer, payee, 1)
    bench.pay("order 7", payer, payee, 1)
    bench.pay(uuid.lowercased(), payer, payee, 1)
    bench.broker.append(SimulatedRecord(payer, #"{"idempotency_key":"order 8"}"#), to: 0)
    bench.broker.append(SimulatedRecord(payer, #"{"idempotency_key":"\#(uuid)"}"#), to: 0)
    try writer.drain()
    let keys = try bench.lines(
      """
      select outcome, key_text, case when key_text is null then idempotency_key::text end
        from teller.outcome order by "offset"
      """)
    let lower = uuid.lowercased()
    #expect(
      keys == [
        "applied order 7 -", "applied - \(lower)", "duplicate order 7 -", "duplicate - \(lower)",
        "dead order 8 -", "dead - \(lower)",
      ])
    let key = try #require(IdempotencyKey(parsing: "order 7", topic: "transfers"))
    let bits = try bench.lines(
      "select distinct idempotency_key::text from teller.outcome where key_text = 'order 7'")
    #expect(bits == [key.uuidString])
  }

  @Test func `gives each offset its own batch, epoch and time`() throws {
    for number in 0..<5 { bench.pay("n\(number)", payer, payee, 1) }
    let small = try bench.writer(0, batch: BatchLimits(recordsMax: 2))
    try small.drain()
    let batches = try bench.lines(
      """
      select o."offset"::text, o.epoch::text, (o.batch = b.sequence)::text, (o.decided_at = b.decided_at)::text
        from teller.outcome o join teller.batch b on o."offset" >= b.first_offset and o."offset" < b.next_offset
       order by o."offset"
      """)
    #expect(batches == (0..<5).map { "\($0) 2 true true" })
    #expect(try bench.lines("select distinct batch::text from teller.outcome").count == 3)
  }
}
