import PostgresClient
import TellerIntegrationKit
import TellerTestKit
import Testing

@testable import TellerPostgres

@Suite struct `A schema` {
  private static func step(
    _ number: Int32, _ sql: String? = nil, programMin: Int32 = 1
  ) -> Migration {
    let sql = sql ?? "create table small.t\(number) (id int4)"
    return Migration(number: number, name: "step \(number)", sql: Array(sql.utf8), programMin: programMin)
  }

  /// Steps of the engine's own schema.
  private static let steps = SchemaHistory.engine.migrations.count

  private static func small(_ steps: Migration..., schemaMin: Int32 = 1) -> SchemaHistory {
    SchemaHistory(schema: "small", migrations: steps, schemaMin: schemaMin)
  }

  private let url: String

  init() throws { url = try TemporaryPostgres.shared.createDatabase("schema") }

  private func migrator() throws -> SchemaMigrator {
    try SchemaMigrator(SessionSettings.worker(url: url, owner: "migrator"))
  }

  private func count(_ condition: String) throws -> Int64 {
    var connection = try TemporaryPostgres.shared.connect(url)
    return try connection.query(Statement("count", "select count(*) from \(condition)")).int8(0, 0)
  }

  private func refusal(_ body: () throws -> Void) -> SchemaRefusal? {
    #expect(throws: SchemaRefusal.self, performing: body)
  }

  @Test func `is migrated once, whatever the number of times it is asked for`() throws {
    let first = try migrator().migrate(.engine)
    #expect(first.prefix(2) == ["teller 1 engine", "teller 2 read contract"])
    #expect(first.count == Self.steps)
    #expect(try migrator().migrate(.engine) == [])
    try migrator().check(.engine)
    #expect(try count("teller.migration") == Int64(Self.steps))
  }

  @Test func `takes its missing steps in order`() throws {
    let (one, two) = (Self.step(1), Self.step(2, "alter table small.t1 add x int4"))
    #expect(try migrator().migrate(Self.small(one)) == ["small 1 step 1"])
    #expect(try migrator().migrate(Self.small(one, two)) == ["small 2 step 2"])
  }

  @Test func `refuses a step that was edited after it was taken`() throws {
    _ = try migrator().migrate(Self.small(Self.step(1)))
    let edited = Self.small(Self.step(1, "create table small.t1 (id int8)"), Self.step(2))
    #expect(refusal { _ = try migrator().migrate(edited) }?.message.contains("was edited") == true)
    #expect(refusal { try migrator().check(edited) } != nil)
    #expect(try count("small.migration") == 1)
    #expect(try count("pg_class where relname = 't2'") == 0)
  }

  @Test func `of a later release is refused, or worked with where that release says so`() throws {
    let later = Self.small(Self.step(1), Self.step(2, programMin: 1), Self.step(3, programMin: 3))
    _ = try migrator().migrate(Self.small(Self.step(1), Self.step(2, programMin: 1)))
    let old = Self.small(Self.step(1))
    try migrator().check(old)
    #expect(try migrator().migrate(old) == [])
    _ = try migrator().migrate(later)
    #expect(refusal { try migrator().check(old) }?.message.contains("too old") == true)
    #expect(refusal { _ = try migrator().migrate(old) }?.message.contains("too old") == true)
  }

  @Test func `that is missing or too old is named, with what to do`() throws {
    let absent = refusal { try migrator().check(.engine) }
    #expect(absent?.message == "schema teller does not exist in this database")
    #expect(absent?.hint.contains("teller migrate") == true)
    _ = try migrator().migrate(Self.small(Self.step(1)))
    let program = Self.small(Self.step(1), Self.step(2), schemaMin: 2)
    let old = refusal { try migrator().check(program) }
    #expect(old?.message == "schema small is at step 1; this program needs step 2")
  }

  @Test func `is left as it was when a step fails`() throws {
    let broken = Self.small(Self.step(1), Self.step(2, "create table small.t1 (id int4)"))
    let thrown = #expect(throws: PostgresError.self) { _ = try migrator().migrate(broken) }
    #expect(thrown?.sqlState == "42P07")
    #expect(try count("pg_namespace where nspname = 'small'") == 0)
    #expect(try migrator().migrate(Self.small(Self.step(1))) == ["small 1 step 1"])
  }

  @Test func `is migrated by two at once, who take turns`() throws {
    var holder = try TemporaryPostgres.shared.connect(url)
    try holder.execute("begin; select pg_advisory_xact_lock(1952541036, 0)")
    let both = (0..<2).map { _ in
      let url = url
      return InBackground {
        try SchemaMigrator(SessionSettings.worker(url: url, owner: "migrator")).migrate(.engine)
      }
    }
    try untilTwoWait()
    try holder.execute("rollback")
    let taken = try both.map { try $0.value() }.sorted { $0.count < $1.count }
    #expect(taken.map(\.count) == [0, Self.steps])
    #expect(try count("teller.migration") == Int64(Self.steps))
  }

  private func untilTwoWait() throws {
    let limit = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < limit {
      if try count("pg_locks where locktype = 'advisory' and not granted and pg_sleep(0.002)::text = ''") >= 2
      {
        return
      }
    }
    throw NeverSo(description: "two migrations never waited")
  }
}
