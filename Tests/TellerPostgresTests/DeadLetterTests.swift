import PostgresClient
import Teller
import TellerIntegrationKit
import TellerTestKit
import Testing

@testable import TellerPostgres

@Suite struct `Dead letters in PostgreSQL` {
  private let harness: PostgresHarness

  /// Twelve letters in each of two partitions, at the even offsets; the keys of the first are undecided.
  init() throws {
    harness = try PostgresHarness()
    try harness.execute(
      """
      insert into teller.batch (partition_id, first_offset, next_offset, epoch, sequence, decided_at)
        select id, 0, 100, 1, id, clock_timestamp() from teller.partition;
      insert into teller.dead_letter (partition_id, "offset", code, reason, idempotency_key, key_text,
                                      record_timestamp, record_key, record_value, headers)
        select p.id, i * 2, case when i % 3 = 0 then 'undecodable' else 'misrouted' end, 'because',
               case when i = 1 then '00000000-0000-0001-0000-000000000abc'::uuid end, null, 7, 'key', 'value',
               case when i = 1 then '[["traceparent","MDA="],["empty",""],["none",null],["empty","AQ=="]]'::json end
          from teller.partition p, generate_series(0, 11) i;
      """)
  }

  private let desk = DeadLetterDesk(topic: "transfers", actor: "ann@desk", reason: "mended")

  private func id(_ partition: Int32, _ offset: Int64) -> DeadLetterID {
    DeadLetterID(incarnation: 1, partition: partition, offset: offset)
  }

  private func read(_ id: DeadLetterID, _ connection: inout Connection) throws -> DeadLetter {
    try #require(try DeadLetter.read(id, topic: "transfers", on: &connection))
  }

  private func state(_ id: DeadLetterID, _ connection: inout Connection) throws -> DeadLetterState {
    try read(id, &connection).summary.state
  }

  @Test(
    arguments: [
      ("3:41", 1, 3, 41, "3:41"), ("1:3:41", 1, 3, 41, "3:41"), ("2:0:9223372036854775807", 2, 0, .max, nil),
    ] as [(String, Int32, Int32, Int64, String?)])
  func `have ids that people can type`(
    text: String, incarnation: Int32, partition: Int32, offset: Int64, shown: String?
  ) throws {
    let id = try #require(DeadLetterID(parsing: text))
    #expect(id == DeadLetterID(incarnation: incarnation, partition: partition, offset: offset))
    #expect(id.description == shown ?? text)
    #expect(DeadLetterID(parsing: id.full) == id)
  }

  @Test(arguments: [
    "", "3", ":", "3:", ":3", "a:1", "1:-1", "+1:2", "0:1:1", "1:2:3:4", "3:41 ", "3:٤١", "2147483648:1",
    "1:9223372036854775808", "1::3",
  ])
  func `have no other ids`(text: String) {
    #expect(DeadLetterID(parsing: text) == nil)
  }

  @Test func `are shown whole, with their headers in order`() throws {
    var connection = try harness.connect()
    let letter = try read(id(1, 2), &connection)
    #expect(
      letter.headers == [
        RecordHeader(name: "traceparent", value: Array("00".utf8)), RecordHeader(name: "empty", value: []),
        RecordHeader(name: "none", value: nil), RecordHeader(name: "empty", value: [1]),
      ])
    #expect(letter.value == Array("value".utf8) && letter.key == Array("key".utf8) && letter.timestamp == 7)
    #expect(letter.summary.idempotencyKey == StoreWords.key(1))
    #expect(letter.summary.decidedAt != nil)
    #expect(try read(id(0, 0), &connection).headers == [])
    #expect(try DeadLetter.read(id(0, 1), topic: "transfers", on: &connection) == nil)
  }

  @Test(arguments: ["{}", "[1]", "[[\"a\"]]", "[[1,\"AA==\"]]", "[[\"a\",\"no base64!\"]]", "[[\"a\",1]]"])
  func `say so where their headers are in no known form`(text: String) throws {
    try harness.execute("update teller.dead_letter set headers = '\(text)' where \"offset\" = 4")
    var connection = try harness.connect()
    #expect(try read(id(0, 4), &connection).headers == nil)
  }

  @Test func `come page by page, each once, as the filter says`() throws {
    var connection = try harness.connect()
    func all(_ filter: DeadLetterFilter, limit: Int64) throws -> [String] {
      var pages = try DeadLetterPages(filter, on: &connection)
      var ids: [String] = []
      while true {
        let page = try pages.next(limit: limit, on: &connection)
        #expect(Int64(page.count) <= limit)
        if page.isEmpty { return ids }
        ids += page.map { "\($0.id)" }
      }
    }
    let whole = (0..<2).flatMap { partition in (0..<12).map { "\(partition):\($0 * 2)" } }
    for limit in [1, 5, 12, 100] {
      #expect(try all(DeadLetterFilter(topic: "transfers"), limit: Int64(limit)) == whole)
    }
    let undecodable = DeadLetterFilter(topic: "transfers", code: "undecodable", partition: 1, state: .open)
    #expect(try all(undecodable, limit: 3) == ["1:0", "1:6", "1:12", "1:18"])
    _ = try desk.discard([id(1, 6)], on: &connection)
    #expect(try all(undecodable, limit: 3) == ["1:0", "1:12", "1:18"])
    #expect(try all(DeadLetterFilter(topic: "transfers", state: .discarded), limit: 9) == ["1:6"])
    #expect(try all(DeadLetterFilter(topic: "elsewhere"), limit: 9) == [])
    #expect(try all(DeadLetterFilter(topic: "transfers", withinSeconds: 3_600), limit: 9) == whole)
    // What dies after the start is not meant.
    let now = try DeadLetterFilter(topic: "transfers").now(on: &connection)
    try harness.execute("update teller.batch set decided_at = clock_timestamp() where partition_id = 1")
    #expect(try all(now, limit: 9).allSatisfy { $0.hasPrefix("1:") })
    try harness.execute("update teller.batch set decided_at = clock_timestamp() - interval '2 h'")
    #expect(try all(DeadLetterFilter(topic: "transfers", withinSeconds: 3_600), limit: 9) == [])
    let totals = try DeadLetterTotal.read(DeadLetterFilter(topic: "transfers", state: .open), on: &connection)
    #expect(totals.map(\.code) == ["misrouted", "undecodable"] && totals.map(\.letters) == [16, 7])
  }

  @Test func `are closed by an end, and stay open without one`() throws {
    var connection = try harness.connect()
    let letter = id(0, 2)
    func intend(_ count: Int32, _ states: Set<DeadLetterState> = [.open, .redriven]) throws -> Int64? {
      try desk.intend(
        [.init(id: letter, redriveCount: count, partition: 1)], incarnation: 1, in: states, on: &connection)[
          letter]
    }
    let first = try #require(try intend(1))
    #expect(try state(letter, &connection) == .open)
    #expect(try read(letter, &connection).summary.last?.result == "unknown")
    try DeadLetterDesk.conclude(
      [.init(number: first, result: .failed, error: "too large")], on: &connection)
    #expect(try state(letter, &connection) == .open)
    // An end stays what it is.
    try DeadLetterDesk.conclude([.init(number: first, result: .acknowledged, offset: 9)], on: &connection)
    #expect(try state(letter, &connection) == .open)

    let second = try #require(try intend(1, [.open]))
    try DeadLetterDesk.conclude([.init(number: second, result: .acknowledged, offset: 55)], on: &connection)
    let redriven = try read(letter, &connection).summary
    #expect(redriven.state == .redriven)
    #expect(redriven.target?.offset == 55 && redriven.target?.partition == 1)
    #expect(try intend(1, [.open]) == nil)
    #expect(try desk.discard([letter], on: &connection) == [])

    // A later redrive whose end nobody knows does not open what was closed.
    _ = try #require(try intend(2))
    #expect(try state(letter, &connection) == .redriven)
    let actions = try DeadLetterAction.all(on: letter, topic: "transfers", on: &connection)
    #expect(actions.map(\.result) == ["failed", "acknowledged", "unknown"])
    #expect(actions.map(\.redriveCount) == [1, 1, 2])
    #expect(actions.allSatisfy { $0.actor == "ann@desk" && $0.reason == "mended" })
    #expect(actions[0].error == "too large" && actions[0].outcome == nil)
  }

  @Test func `are discarded once, and then redriven only by force`() throws {
    var connection = try harness.connect()
    let letters = [id(0, 0), id(1, 4), id(0, 1), id(9, 9)]
    #expect(try desk.discard(letters, on: &connection) == [id(0, 0), id(1, 4)])
    #expect(try desk.discard(letters, on: &connection) == [])
    #expect(try state(id(0, 0), &connection) == .discarded)
    let intents = [DeadLetterDesk.Intent(id: id(0, 0), redriveCount: 1, partition: 0)]
    #expect(try desk.intend(intents, incarnation: 1, in: [.open, .redriven], on: &connection).isEmpty)
    let forced = try desk.intend(
      intents, incarnation: 1, in: Set(DeadLetterState.allCases), on: &connection)
    #expect(forced.count == 1)
  }

  /// Two who act on one letter take turns: the second sees what the first did.
  @Test func `are discarded by one of two at once`() throws {
    var first = try harness.connect()
    try first.execute("begin")
    try first.execute("select from teller.dead_letter where \"offset\" = 2 for no key update")
    let second = InBackground { [harness, desk] in
      var connection = try harness.connect()
      return try desk.discard(
        [DeadLetterID(incarnation: 1, partition: 0, offset: 2)], on: &connection)
    }
    try harness.untilSomeoneWaits()
    try first.execute(
      """
      insert into teller.dead_letter_action (partition_id, "offset", action, actor, reason)
        select partition_id, 2, 'discard', 'bob', 'his' from teller.dead_letter_status where id = '0:2'
      """)
    try first.execute("commit")
    #expect(try second.value() == [])
    var connection = try harness.connect()
    let actions = try DeadLetterAction.all(on: id(0, 2), topic: "transfers", on: &connection)
    #expect(actions.map(\.actor) == ["bob"])
  }

  @Test func `tell whether their key was decided since`() throws {
    var connection = try harness.connect()
    #expect(try KeyDecision.read(StoreWords.key(1), topic: "transfers", on: &connection) == nil)
    try harness.execute("delete from teller.batch")
    let owner = try harness.takeOver(0, owner: "writer")
    let store = try harness.makeStore()
    try StoreWords.run(store, StoreWords.fence(owner, to: 1), StoreWords.claims(1))
    let decision = try #require(
      try KeyDecision.read(StoreWords.key(1), topic: "transfers", on: &connection))
    #expect(decision.outcome == "applied" && decision.id == id(0, 0))
    #expect(decision.fingerprint == StoreWords.fingerprint(1))
    let totals = try DeadLetterTotal.read(
      DeadLetterFilter(topic: "transfers", code: "misrouted"), on: &connection)
    #expect(totals.map(\.decided) == [2])
  }

  @Test(arguments: [
    ("an_action_is_about_a_dead_letter", "1, 1, 'discard', 'a', 'r', null, null, null, null, null, null"),
    ("action_is_known", "1, 2, 'mend', 'a', 'r', null, null, null, null, null, null"),
    ("somebody_acted", "1, 2, 'discard', '', 'r', null, null, null, null, null, null"),
    ("an_action_has_a_reason", "1, 2, 'discard', 'a', '', null, null, null, null, null, null"),
    ("a_redrive_is_counted", "1, 2, 'redrive', 'a', 'r', 0, 1, 1, null, null, null"),
    ("a_redrive_has_a_target", "1, 2, 'redrive', 'a', 'r', 1, 1, null, null, null, null"),
    ("result_is_known", "1, 2, 'redrive', 'a', 'r', 1, 1, 1, null, 'lost', now()"),
    ("a_discard_has_no_result", "1, 2, 'discard', 'a', 'r', null, null, null, null, 'failed', now()"),
    ("a_result_has_a_time", "1, 2, 'redrive', 'a', 'r', 1, 1, 1, null, 'failed', null"),
    ("only_what_was_acknowledged_has_an_offset", "1, 2, 'redrive', 'a', 'r', 1, 1, 1, 5, null, null"),
  ])
  func `have no actions that contradict themselves`(constraint: String, values: String) throws {
    let error = #expect(throws: PostgresError.self) {
      try harness.execute(
        """
        insert into teller.dead_letter_action (partition_id, "offset", action, actor, reason, redrive_count,
                  target_incarnation, target_partition, target_offset, result, ended_at) values (\(values))
        """)
    }
    #expect(error?.description.contains(constraint) == true, "\(error?.description ?? "no error")")
  }

  /// A hundred thousand letters and as many actions.
  @Test func `are found along their indexes`() throws {
    try harness.execute(
      """
      insert into teller.dead_letter
        select 1, i, 'undecodable', '', null, null, -1, null, null, null from generate_series(1000, 101000) i;
      insert into teller.dead_letter_action (partition_id, "offset", action, actor, reason)
        select 1, i, 'discard', 'a', 'r' from generate_series(1000, 101000) i;
      insert into teller.dedup ("offset", partition_id, stream, key, fingerprint, fingerprint_version)
        select i, 1, 1, gen_random_uuid(), gen_random_uuid(), 1 from generate_series(1, 50000) i;
      insert into teller.repeat select 2, i, gen_random_uuid(), gen_random_uuid(), 1, 1, i, false
        from generate_series(1, 50000) i;
      insert into teller.batch select 1, i * 10 + 1000, i * 10 + 1010, 1, i, now(), 1 from generate_series(0, 9999) i;
      analyze;
      """)
    for statement in [
      DeadLetterStatements.page, DeadLetterStatements.one, DeadLetterStatements.lock,
      DeadLetterStatements.act,
      DeadLetterStatements.actions, DeadLetterStatements.decision,
    ] {
      let plan = try Plan.of(statement, harness.url)
      for table in ["dead_letter", "dead_letter_action", "batch", "dedup", "repeat"] {
        #expect(!plan.contains("Seq Scan on \(table) "), "\(statement.name): \(plan)")
      }
    }
    let page = try Plan.of(DeadLetterStatements.page, harness.url)
    #expect(!page.contains("Sort Key: l.\"offset\""), "\(page)")
  }
}
