import PostgresClient
import TellerIntegrationKit
import Testing

@testable import LedgerPostgres

/// The ledger's statements that run for every batch, explained on tables of a hundred thousand rows.
@Suite(.serialized) struct `The plan of a hot statement of the ledger` {
  private static let filled = Result { () throws -> String in
    let bench = try Bench()
    try bench.execute(
      """
      insert into ledger.account (id, name, currency, opening_balance, opening_overdraft, batch)
        select nextval('ledger.account_id'), 'acct-' || i, 'EUR', 0, 0, 1 from generate_series(1, 100000) i;
      insert into ledger.account_balance select id, 0, 0, 0 from ledger.account;
      insert into ledger.journal select i, 1, 1, 2, 1, 0, i, 0, i, gen_random_uuid()
        from generate_series(1, 100000) i;
      analyze;
      """)
    return bench.url
  }

  private func plan(_ statement: Statement) throws -> String { try Plan.of(statement, Self.filled.get()) }

  @Test(arguments: [AccountStatements.lock, AccountStatements.lockWithNames])
  func `locks accounts by their primary key, in id order`(statement: Statement) throws {
    let plan = try plan(statement)
    #expect(plan.hasPrefix("LockRows"))
    #expect(plan.contains("account_balance_pkey"), "\(plan)")
    #expect(!plan.contains("Seq Scan"), "\(plan)")
    // The order is made below the locks: by a sort, or by the index itself.
    #expect(plan.contains("Sort") || plan.contains("Index Scan using account_balance_pkey"), "\(plan)")
  }

  @Test(arguments: [AccountStatements.find, AccountStatements.lookAgain])
  func `finds accounts by their name's index`(statement: Statement) throws {
    let plan = try plan(statement)
    #expect(plan.contains("account_name_is_unique"), "\(plan)")
    #expect(!plan.contains("Seq Scan"), "\(plan)")
  }

  @Test func `updates balances by their place`() throws {
    let plan = try plan(TransferStatements.update)
    #expect(plan.contains("Tid Scan on account_balance"), "\(plan)")
    #expect(!plan.contains("Seq Scan") && !plan.contains("Hash"), "\(plan)")
  }

  @Test func `takes stripes in the order given`() throws {
    let plan = try plan(AccountStatements.lockStripes)
    #expect(plan == "Function Scan on u", "\(plan)")
  }

  @Test func `reads the effects of a range by its offsets, and names by their ids`() throws {
    let transfers = try plan(EffectStatements.transfers)
    #expect(transfers.contains("Index Scan using one_transfer_per_offset"), "\(transfers)")
    #expect(transfers.contains("account_pkey"), "\(transfers)")
    let openings = try plan(EffectStatements.openings)
    #expect(openings.contains("Index Scan using one_opening_per_offset"), "\(openings)")
    for plan in [transfers, openings] {
      #expect(!plan.contains("Seq Scan") && !plan.contains("Hash") && !plan.contains("Sort"), "\(plan)")
    }
  }

  @Test(arguments: [
    TransferStatements.journal, TransferStatements.details, AccountStatements.open,
    AccountStatements.openBalances,
  ])
  func `only inserts what is new`(statement: Statement) throws {
    let plan = try plan(statement)
    #expect(plan.hasPrefix("Insert on"))
    #expect(!plan.contains("Seq Scan"))
  }
}
