import PostgresClient
import TellerIntegrationKit
import Testing

@testable import TellerPostgres

/// The statements that run for every batch, explained on tables of a hundred thousand rows.
@Suite(.serialized) struct `The plan of a hot statement of the engine` {
  private static let filled = Result { () throws -> String in
    let harness = try PostgresHarness()
    try harness.execute(
      """
      insert into teller.dedup ("offset", partition_id, stream, key, fingerprint, fingerprint_version)
        select i, 1, 1, gen_random_uuid(), gen_random_uuid(), 1 from generate_series(1, 100000) i;
      insert into teller.batch select 1, i * 10, i * 10 + 10, 1, i, now() from generate_series(0, 99999) i;
      insert into teller.refusal select 1, i, 'insufficient_funds' from generate_series(1, 100000) i;
      insert into teller.repeat select 2, i, gen_random_uuid(), gen_random_uuid(), 1, 1, i, false
        from generate_series(1, 100000) i;
      insert into teller.dead_letter select 2, i + 200000, 'undecodable', '', null, null, -1, null, null
        from generate_series(1, 100000) i;
      insert into teller.partition (stream, incarnation, partition)
        select 1, 1, i from generate_series(2, 1000) i;
      insert into teller.owner (partition_id, start_offset, next_offset)
        select id, 0, 0 from teller.partition where id > 2;
      insert into teller.cursor (partition_id, published_offset)
        select id, 0 from teller.partition where id > 2;
      analyze;
      """)
    return harness.url
  }

  private func plan(_ statement: Statement) throws -> String { try Plan.of(statement, Self.filled.get()) }

  private func explain(_ sql: String, _ types: PostgresType...) throws -> String {
    try plan(Statement(name: "explained", sql: sql, parameterTypes: types))
  }

  @Test func `guards by the primary key`() throws {
    let update = try explain(
      """
      update teller.owner o set next_offset = $4
       where o.partition_id = $1 and o.epoch = $2 and o.owner = $3 and o.next_offset = $5
      """, .int4, .int8, .text, .int8, .int8)
    #expect(update.contains("Index Scan using owner_pkey"))
    #expect(try plan(BatchStatements.resolve).contains("Index Scan using owner_pkey"))
    #expect(try plan(OwnershipStatements.takeOver).contains("Index Scan using owner_pkey"))
  }

  @Test func `inserts claims in the order given, and asks for them by their index`() throws {
    for statement in [BatchStatements.claim, BatchStatements.claimCarefully] {
      let plan = try plan(statement)
      #expect(plan.hasPrefix("Insert on dedup"))
      #expect(plan.contains("Function Scan on generate_series"))
      #expect(!plan.contains("Sort") && !plan.contains("Seq Scan"))
    }
    for statement in [BatchStatements.claimWithText, BatchStatements.claimWithTextCarefully] {
      let plan = try plan(statement)
      #expect(plan.hasPrefix("Insert on dedup"))
      #expect(!plan.contains("Sort") && !plan.contains("Seq Scan"))
    }
    let claimed = try plan(BatchStatements.claimed)
    #expect(claimed.contains("one_first_decision_per_key"), "\(claimed)")
    #expect(!claimed.contains("Seq Scan"))
  }

  @Test(arguments: [
    BatchStatements.batch, BatchStatements.refusals, BatchStatements.repeats, BatchStatements.deadLetters,
    BatchStatements.gaps,
  ])
  func `only inserts what is recorded`(statement: Statement) throws {
    let plan = try plan(statement)
    #expect(plan.hasPrefix("Insert on"))
    #expect(!plan.contains("Seq Scan"))
  }

  @Test func `looks up what a repeat repeats by indexes alone`() throws {
    let plan = try plan(BatchStatements.repeats)
    #expect(plan.contains("refusal_pkey"), "\(plan)")
    #expect(plan.contains("partition_pkey"), "\(plan)")
  }

  @Test func `moves cursors by their key, and reads owners by theirs`() throws {
    for statement in [PublicationStatements.move, PublicationStatements.cursors] {
      let plan = try plan(statement)
      #expect(plan.contains("Function Scan on u"), "\(plan)")
      #expect(plan.contains("owner_pkey"), "\(plan)")
      #expect(plan.contains("cursor_pkey"), "\(plan)")
      #expect(!plan.contains("Seq Scan") && !plan.contains("Hash"), "\(plan)")
    }
    #expect(try plan(PublicationStatements.note).contains("cursor_pkey"))
  }

  @Test func `steps back from a cursor by the indexes of offsets`() throws {
    let plan = try plan(PublicationStatements.cursors)
    for index in ["one_claim_per_offset", "repeat_pkey", "dead_letter_pkey"] {
      #expect(plan.contains("Backward using \(index)"), "\(plan)")
    }
    #expect(!plan.contains("Sort"), "\(plan)")
  }

  @Test(arguments: [
    (PublicationStatements.batches, "batch_pkey"), (PublicationStatements.claims, "one_claim_per_offset"),
    (PublicationStatements.repeats, "repeat_pkey"), (PublicationStatements.dead, "dead_letter_pkey"),
  ])
  func `reads what was decided in a range in the order of an index`(statement: Statement, index: String)
    throws
  {
    let plan = try plan(statement)
    #expect(plan.contains("Index Scan using \(index)"), "\(plan)")
    #expect(!plan.contains("Seq Scan") && !plan.contains("Hash"), "\(plan)")
    // The batches are few, and sorted once more.
    #expect(statement == PublicationStatements.batches || !plan.contains("Sort"), "\(plan)")
  }

  @Test func `finds one outcome and its batch by indexes alone`() throws {
    let one = try explain(
      """
      select * from teller.outcome where topic = $1 and partition = $2 and incarnation = $3 and "offset" = $4
      """, .text, .int4, .int4, .int8)
    #expect(one.contains("Index Scan Backward using batch_pkey"), "\(one)")
    for table in ["dedup", "refusal", "repeat", "dead_letter", "batch"] {
      #expect(!one.contains("Seq Scan on \(table)"), "\(one)")
    }
  }

  @Test func `finds the outcome of a key by its index`() throws {
    let plan = try explain("select * from teller.outcome where idempotency_key = $1", .uuid)
    #expect(!plan.contains("Seq Scan on dedup"), "\(plan)")
    #expect(!plan.contains("Seq Scan on batch"), "\(plan)")
  }
}
