import PostgresClient
import Teller
import Testing

@Suite struct `A handler for stock` {
  @Test func `gives each record one outcome, whatever its neighbours are`() async throws {
    let world = try StockWorld()
    try world.send(
      key: "TEA-1",
      [
        movement("o-1", "TEA-1", "north", 10),
        movement("o-2", "TEA-1", "north", -4),
        movement("o-3", "TEA-1", "north", -7),
        movement("o-2", "TEA-1", "north", -4),
        movement("o-2", "TEA-1", "north", -5),
        "{",
        movement("o-4", "TEA-2", "north", 1),
        movement("o-5", "TEA-1", "atlantis", 5),
        movement("o-6", "TEA-1", "north", 2_000_000),
        movement("o-7", "TEA-1", "south", 3),
        movement("o-8", "TEA-1", "north", -6),
      ])
    try world.send(key: "TEA-2", [movement("o-9", "TEA-2", "south", 2)])

    let run = try await world.work()

    #expect(run.exit == .idle)
    #expect(
      try world.rows(
        """
        select key_text, outcome, code, first_outcome from teller.outcome o
         where partition = (select partition from teller.outcome where key_text = 'o-1') and key_text <> 'o-9'
            or key_text is null
         order by "offset"
        """) == [
          ["o-1", "applied", "-", "-"],
          ["o-2", "applied", "-", "-"],
          ["o-3", "rejected", "out_of_stock", "-"],
          ["o-2", "duplicate", "-", "applied"],
          ["o-2", "rejected", "idempotency_key_reused", "applied"],
          ["-", "dead", "undecodable", "-"],
          ["o-4", "dead", "misrouted", "-"],
          ["o-5", "dead", "refused_by_database", "-"],
          ["o-6", "dead", "refused_by_database", "-"],
          ["o-7", "applied", "-", "-"],
          ["o-8", "applied", "-", "-"],
        ])
    #expect(
      try world.rows("select sku, warehouse, on_hand::text from stock.shelf order by sku, warehouse") == [
        ["TEA-1", "north", "0"], ["TEA-1", "south", "3"], ["TEA-2", "south", "2"],
      ])
    #expect(run.outcomes.map(\.appliedCount).reduce(0, +) == 5)
  }

  @Test func `says which constraint refused a record`() async throws {
    let world = try StockWorld(partitions: 1)
    try world.send(
      key: "TEA-1",
      [
        movement("o-1", "TEA-1", "atlantis", 1), movement("o-2", "TEA-1", "north", 1_000_001),
        movement("o-3", "TEA-1", "north", 1_000_000),
      ])

    #expect(try await world.work().exit == .idle)

    let reasons = try world.rows(#"select reason from teller.dead_letter order by "offset""#).joined()
    #expect(reasons.map { $0.contains("warehouse_exists") } == [true, false])
    #expect(reasons.map { $0.contains("a_shelf_has_an_end") } == [false, true])
    #expect(try world.rows("select on_hand::text from stock.shelf") == [["1000000"]])
  }

  @Test func `goes on where the worker before it ended`() async throws {
    let world = try StockWorld(partitions: 1)
    try world.send(key: "TEA-1", [movement("o-1", "TEA-1", "north", 10)])
    #expect(try await world.work().exit == .idle)
    try world.send(
      key: "TEA-1", [movement("o-1", "TEA-1", "north", 10), movement("o-2", "TEA-1", "north", -3)])

    #expect(try await world.work().exit == .idle)

    #expect(
      try world.rows(#"select outcome, epoch::text from teller.outcome order by "offset""#)
        == [["applied", "1"], ["duplicate", "2"], ["applied", "2"]])
    #expect(try world.rows("select on_hand::text from stock.shelf") == [["7"]])
    #expect(try world.rows("select sum(quantity)::text from stock.movement") == [["7"]])
  }

  @Test func `locks its shelves behind their sort`() throws {
    let question = StockStatements.lock.sql.replacing("$1", with: "array['b', 'a']")
      .replacing("$2", with: "array['north', 'north']")
    let plan = try StockWorld().rows("explain (costs off) \(question)")
    #expect(plan.first == ["LockRows"])
  }
}
