import TellerIntegrationKit
import Testing

/// A judge that never finds anything proves nothing: each kind of damage is done once, and found.
extension `Worker processes` {
  @Suite struct `judged by a verdict` {
    private static func one(of table: String) -> String {
      """
      (partition_id, "offset") in (select partition_id, "offset" from \(table) limit 1)
      """
    }

    static let damages = [
      // Money from nowhere, a version that never was, an amount that was another.
      "update ledger.account_balance set balance = balance + 1 where id = (select min(id) from ledger.account)",
      "update ledger.account_balance set version = version + 1 where id = (select min(id) from ledger.account)",
      "update ledger.journal set amount = amount + 1 where \(one(of: "ledger.journal"))",
      // A refusal turned into a success; a lost offset; an offset decided too early; a duplicate of something else.
      "delete from teller.refusal where \(one(of: "teller.refusal"))",
      "delete from teller.dead_letter where \(one(of: "teller.dead_letter"))",
      "update teller.owner set next_offset = next_offset - 1 where partition_id = 1",
      "update teller.repeat set first_offset = first_offset + 1 where \(one(of: "teller.repeat"))",
      // A zombie's batch, and an order that explains nothing.
      "update teller.batch set epoch = epoch + 5 where first_offset = 0",
      "update teller.batch set sequence = 1000000 - sequence",
    ]

    @Test func `are convicted of each damage to the books`() throws {
      let scenario = try Scenario(on: TestBroker(.embedded), accounts: 20, balance: 600)
      // Twice, so that each partition has more than one batch.
      for seed in [1, 2] as [UInt64] {
        try scenario.produce(scenario.settings(300, seed: seed))
        #expect(try Fleet(scenario).drain(idle: 1) == [0])
      }
      #expect(try Verdict(scenario).findings == [])
      for damage in Self.damages {
        let copy = try scenario.copied()
        try copy.execute(damage)
        #expect(try !Verdict(scenario, books: copy).findings.isEmpty, "\(damage)")
      }
    }
  }
}
