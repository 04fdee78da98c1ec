import TellerIntegrationKit
import Testing

/// A judge that never finds anything proves nothing: each kind of damage is done once, and found.
extension `Worker processes` {
  @Suite struct `judged by a verdict` {
    @Test func `are convicted of each damage to the books`() throws {
      let scenario = try Scenario(on: TestBroker(.embedded), accounts: 20, balance: 600)
      try scenario.produce(scenario.settings(600))
      #expect(try Fleet(scenario).drain() == [0])
      #expect(try Verdict(scenario).findings == [])
      let damages = [
        // Money from nowhere; an entry that never was; a decision turned round.
        "update ledger.account_balance set balance = balance + 1 where id = (select min(id) from ledger.account)",
        "update ledger.account_balance set version = version + 1 where id = (select min(id) from ledger.account)",
        "update ledger.journal set amount = amount + 1 where (partition_id, \"offset\") in (select partition_id, \"offset\" from ledger.journal limit 1)",
        "delete from teller.refusal where (partition_id, \"offset\") in (select partition_id, \"offset\" from teller.refusal limit 1)",
        // A lost offset, an offset decided too early, a duplicate that points elsewhere.
        "delete from teller.dead_letter where (partition_id, \"offset\") in (select partition_id, \"offset\" from teller.dead_letter limit 1)",
        "update teller.owner set next_offset = next_offset - 1 where partition_id = 1",
        "update teller.repeat set first_offset = first_offset + 1 where (partition_id, \"offset\") in (select partition_id, \"offset\" from teller.repeat limit 1)",
        // A zombie's batch, and an order that explains nothing.
        "update teller.batch set epoch = epoch + 1 where (partition_id, first_offset) in (select partition_id, first_offset from teller.batch where first_offset = 0 limit 1)",
        "update teller.batch set sequence = 1000000 - sequence",
      ]
      for damage in damages {
        let copy = try scenario.copied()
        try copy.execute(damage)
        #expect(try !Verdict(scenario, books: copy).findings.isEmpty, "\(damage)")
      }
    }
  }
}
