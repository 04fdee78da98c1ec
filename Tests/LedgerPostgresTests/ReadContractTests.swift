import TellerTestKit
import Testing

@testable import Teller

/// The public read contract: names, types and order of columns are a promise.
@Suite struct `The read contract` {
  /// A view and its columns, as they were promised.
  struct View: Sendable, CustomTestStringConvertible {
    let name: String
    let columns: [String]
    var testDescription: String { name }
  }

  private static let decided = [
    "topic text", "incarnation integer", "partition integer", "offset bigint",
  ]

  static let views = [
    View(
      name: "teller.outcome",
      columns: decided + [
        "idempotency_key uuid", "key_text text", "outcome text", "code text", "first_incarnation integer",
        "first_partition integer", "first_offset bigint", "first_outcome text", "first_code text",
        "fingerprint bytea", "epoch bigint", "batch bigint", "decided_at timestamp with time zone",
      ]),
    View(
      name: "teller.partition_owner",
      columns: decided.dropLast() + [
        "epoch bigint", "owner text", "start_offset bigint", "next_offset bigint", "published_offset bigint",
        "halted_reason text",
      ]),
    View(
      name: "teller.gap",
      columns: decided.dropLast() + ["first_offset bigint", "last_offset bigint", "cause text"]),
    View(
      name: "teller.dead_letter_status",
      columns: decided + [
        "id text", "code text", "reason text", "idempotency_key uuid", "key_text text",
        "record_timestamp bigint",
        "key_bytes integer", "value_bytes integer", "decided_at timestamp with time zone", "state text",
        "target_incarnation integer", "target_partition integer", "target_offset bigint", "last_action text",
        "last_result text", "last_actor text", "last_reason text", "last_acted_at timestamp with time zone",
        "partition_id integer",
      ]),
    View(
      name: "ledger.balance",
      columns: ["account text", "currency text", "balance bigint", "overdraft bigint", "version bigint"]),
    View(
      name: "ledger.entry",
      columns: [
        "account text", "version bigint", "amount bigint", "balance_after bigint", "idempotency_key uuid",
      ] + decided),
    View(
      name: "ledger.opening",
      columns: [
        "account text", "currency text", "opening_balance bigint", "overdraft bigint", "batch bigint",
      ] + decided),
  ]

  @Test(arguments: views)
  func `has exactly these columns`(view: View) throws {
    let bench = try Bench()
    let columns = try bench.lines(
      """
      select attname::text, format_type(atttypid, atttypmod) from pg_attribute
       where attrelid = '\(view.name)'::regclass and attnum > 0 order by attnum
      """)
    #expect(columns == view.columns)
  }

  @Test func `is these views and no others`() throws {
    let names = try Bench().lines(
      """
      select table_schema || '.' || table_name from information_schema.views
       where table_schema in ('teller', 'ledger') order by 1
      """)
    #expect(names == Self.views.map(\.name).sorted())
  }

  @Test func `shows two entries for each applied transfer, and where accounts began`() throws {
    let bench = try Bench()
    let (payer, payee) = (bench.account(0), bench.account(1))
    try bench.open([payer], balance: 100, overdraft: nil)
    try bench.open([payee], balance: 5, overdraft: 7)
    bench.broker.send(.opening("o", of: bench.account(0, 1), overdraft: 9))
    bench.pay("8b1f2c3d-0000-4000-8000-00000000000a", payer, payee, 30)
    try bench.writer(0).drain()
    let entries = try bench.lines(
      """
      select account, version::text, amount::text, balance_after::text, idempotency_key::text, topic,
             incarnation::text, partition::text, "offset"::text from ledger.entry order by amount
      """)
    let place = "8b1f2c3d-0000-4000-8000-00000000000a transfers 1 0 1"
    #expect(entries == ["\(payer) 1 -30 70 \(place)", "\(payee) 1 30 35 \(place)"])
    let balances = try bench.lines(
      "select account, balance::text, overdraft::text, version::text from ledger.balance order by 2")
    #expect(balances == ["\(bench.account(0, 1)) 0 9 0", "\(payee) 35 7 1", "\(payer) 70 - 1"])
    let openings = try bench.lines(
      """
      select account, currency, opening_balance::text, overdraft::text, topic, incarnation::text,
             partition::text, "offset"::text from ledger.opening order by batch
      """)
    #expect(
      openings == [
        "\(payer) EUR 100 - - - - -", "\(payee) EUR 5 7 - - - -",
        "\(bench.account(0, 1)) EUR 0 9 transfers 1 0 0",
      ])
  }

  @Test func `shows who owns what and how far it is, and the gaps`() throws {
    let bench = try Bench()
    bench.broker.appendGap(2, to: 0)
    bench.pay("a", bench.account(0), bench.account(1), 1)
    bench.broker.appendGap(1, to: 0)
    try bench.writer(0).drain()
    let owners = try bench.lines(
      """
      select topic, incarnation::text, partition::text, epoch::text, owner, start_offset::text,
             next_offset::text, published_offset::text, halted_reason
        from teller.partition_owner order by partition
      """)
    #expect(
      owners == [
        "transfers 1 0 1 writer 0 0 4 0 -", "transfers 1 1 0  0 0 0 -", "transfers 1 2 0  0 0 0 -",
      ])
    let gaps = try bench.lines(
      "select topic, incarnation::text, partition::text, first_offset::text, last_offset::text from teller.gap"
    )
    #expect(gaps == ["transfers 1 0 0 1", "transfers 1 0 3 3"])
    #expect(try bench.violations() == [])
  }
}
