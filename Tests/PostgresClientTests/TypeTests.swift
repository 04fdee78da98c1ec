import PostgresClient
import TellerIntegrationKit
import Testing

@Suite struct `A value` {
  private let identifier: UInt128 = 0x0011_2233_4455_6677_8899_aabb_ccdd_eeff

  @Test func `of each type comes back as it was sent`() throws {
    let server = try TemporaryPostgres.shared
    var connection = try server.connect(server.url)
    var values = Parameters()
    values.int2(-2)
    values.int4(.min)
    values.int8(.max)
    values.bool(true)
    values.text("naïve \u{1F600}")
    values.bytea([0, 255, 7])
    values.uuid(identifier)
    values.float8(-0.5)
    values.tid(7 << 16 | 9)
    values.timestamptz(86_400_000_000)
    values.json("{\"a\":1}")
    values.int8(nil)
    let rows = try connection.query(
      Statement(
        "types",
        "SELECT $1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$7::text,$9::text,$10 = '2000-01-02Z'::timestamptz",
        .int2, .int4, .int8, .bool, .text, .bytea, .uuid, .float8, .tid, .timestamptz, .json, .int8), values)
    #expect(try rows.int2(0, 0) == -2)
    #expect(try rows.int4(0, 1) == .min)
    #expect(try rows.int8(0, 2) == .max)
    #expect(try rows.bool(0, 3))
    #expect(try rows.text(0, 4) == "naïve \u{1F600}")
    #expect(try rows.bytes(0, 5) == [0, 255, 7])
    #expect(try rows.uuid(0, 6) == identifier)
    #expect(try rows.float8(0, 7) == -0.5)
    #expect(try rows.tid(0, 8) == 7 << 16 | 9)
    #expect(try rows.timestamptz(0, 9) == 86_400_000_000)
    #expect(try rows.text(0, 10) == "{\"a\":1}")
    #expect(try rows.isNull(0, 11))
    #expect(try rows.text(0, 12) == "00112233-4455-6677-8899-aabbccddeeff")
    #expect(try rows.text(0, 13) == "(7,9)")
    #expect(try rows.bool(0, 14))
    #expect(try rows.withBytes(0, 5) { (bytes: RawSpan) throws(PostgresError) in bytes.byteCount } == 3)
  }

  @Test func `in an array of ten thousand keeps its place`() throws {
    let server = try TemporaryPostgres.shared
    var connection = try server.connect(server.url)
    let count = 10_000
    var values = Parameters(capacity: 64)
    values.int2s(count: count) { Int16(truncatingIfNeeded: $0) }
    values.int4s(count: count) { Int32($0) }
    values.int8s(count: count) { Int64($0) << 32 }
    values.bools(count: count) { $0.isMultiple(of: 3) }
    values.uuids(count: count) { identifier ^ UInt128($0) }
    values.tids(count: count) { UInt64($0) << 16 | 1 }
    values.texts(count: count) { $0 == 5 ? nil : "t\($0)" }
    values.byteas(count: count) { [UInt8(truncatingIfNeeded: $0)] }
    values.int8s(count: count, optional: { $0 == 6 ? nil : Int64($0) })
    values.float8s(count: count) { Double($0) / 2 }
    values.timestamptzs(count: count) { Int64($0) }
    let rows = try connection.query(
      Statement(
        "arrays", "SELECT * FROM unnest($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)", .int2Array, .int4Array,
        .int8Array,
        .boolArray, .uuidArray, .tidArray, .textArray, .byteaArray, .int8Array, .float8Array,
        .timestamptzArray),
      values)
    #expect(rows.count == count)
    for row in 0..<count {
      let same =
        try rows.int2(row, 0) == Int16(truncatingIfNeeded: row) && rows.int4(row, 1) == Int32(row)
        && rows.int8(row, 2) == Int64(row) << 32 && rows.bool(row, 3) == row.isMultiple(of: 3)
        && rows.uuid(row, 4) == identifier ^ UInt128(row) && rows.tid(row, 5) == UInt64(row) << 16 | 1
        && (row == 5 ? rows.isNull(row, 6) : rows.text(row, 6) == "t\(row)")
        && rows.bytes(row, 7) == [UInt8(truncatingIfNeeded: row)]
        && (row == 6 ? rows.isNull(row, 8) : rows.int8(row, 8) == Int64(row))
        && rows.float8(row, 9) == Double(row) / 2 && rows.timestamptz(row, 10) == Int64(row)
      if !same { Issue.record("row \(row) differs") }
    }
  }

  @Test func `of no elements is an empty array`() throws {
    let server = try TemporaryPostgres.shared
    var connection = try server.connect(server.url)
    var values = Parameters()
    values.int8s(count: 0) { _ in 0 }
    values.texts([])
    let rows = try connection.query(
      Statement("empty", "SELECT $1 = '{}', $2 = '{}'", .int8Array, .textArray), values)
    #expect(try rows.bool(0, 0) && rows.bool(0, 1))
  }

  @Test func `read as another width or outside is a usage error`() throws {
    let server = try TemporaryPostgres.shared
    var connection = try server.connect(server.url)
    let rows = try connection.query(Statement("widths", "SELECT 1::int4, NULL::int8"))
    for (row, column) in [(0, 0), (0, 1), (1, 0), (0, 2), (-1, 0)] {
      do throws(PostgresError) {
        _ = try rows.int8(row, column)
        Issue.record("row \(row), column \(column) was read")
      } catch {
        #expect(error.kind == .usage)
      }
    }
  }

  @Test func `of another type or number than the statement's is a usage error`() throws {
    let server = try TemporaryPostgres.shared
    var connection = try server.connect(server.url)
    var values = Parameters()
    values.int4(1)
    for statement in [Statement("a", "SELECT $1", .int8), Statement("b", "SELECT 1")] {
      do throws(PostgresError) {
        _ = try connection.query(statement, values)
        Issue.record("it was sent")
      } catch {
        #expect(error.kind == .usage)
      }
    }
    #expect(try connection.query(Statement("c", "SELECT $1", .int4), values).int4(0, 0) == 1)
  }
}
