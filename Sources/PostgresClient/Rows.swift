import CLibpq

/// What one statement returned: rows in binary format, and the command tag.
///
/// An accessor throws a usage error for a NULL, an index outside, or a value of another width; it never
/// traps.
@safe public final class Rows: @unchecked Sendable {
  // Unchecked: libpq allows any thread to read a PGresult, and nothing here changes it.

  private let handle: ResultHandle
  /// The number of rows.
  public let count: Int
  /// The number of columns.
  public let columns: Int

  init(_ handle: consuming ResultHandle) {
    count = Int(unsafe PQntuples(handle.raw))
    columns = Int(unsafe PQnfields(handle.raw))
    self.handle = handle
  }

  /// The command tag: `INSERT 0 5`, `COMMIT`; a `COMMIT` of a failed transaction says `ROLLBACK`.
  public var commandTag: String { unsafe String(cString: PQcmdStatus(handle.raw)) }

  /// The rows inserted, changed, deleted or selected, 0 for other commands.
  public var affected: Int { unsafe Int(String(cString: PQcmdTuples(handle.raw))) ?? 0 }

  /// The name of a column, nil outside.
  public func columnName(_ column: Int) -> String? {
    guard 0..<columns ~= column else { return nil }
    return unsafe PQfname(handle.raw, Int32(column)).map { unsafe String(cString: $0) }
  }

  /// Whether the value is NULL.
  public func isNull(_ row: Int, _ column: Int) throws(PostgresError) -> Bool {
    try check(row, column)
    return unsafe PQgetisnull(handle.raw, Int32(row), Int32(column)) == 1
  }

  /// An `int2`.
  public func int2(_ row: Int, _ column: Int) throws(PostgresError) -> Int16 { try integer(row, column) }
  /// An `int4`.
  public func int4(_ row: Int, _ column: Int) throws(PostgresError) -> Int32 { try integer(row, column) }
  /// An `int8`.
  public func int8(_ row: Int, _ column: Int) throws(PostgresError) -> Int64 { try integer(row, column) }
  /// A `uuid`; the most significant byte is the first of its text.
  public func uuid(_ row: Int, _ column: Int) throws(PostgresError) -> UInt128 { try integer(row, column) }
  /// A `timestamptz` in microseconds since 2000-01-01 00:00 UTC.
  public func timestamptz(_ row: Int, _ column: Int) throws(PostgresError) -> Int64 {
    try integer(row, column)
  }
  /// A `float8`.
  public func float8(_ row: Int, _ column: Int) throws(PostgresError) -> Double {
    Double(bitPattern: try integer(row, column))
  }
  /// A `bool`.
  public func bool(_ row: Int, _ column: Int) throws(PostgresError) -> Bool {
    let byte: UInt8 = try integer(row, column)
    return byte != 0
  }
  /// A `tid`: the block in the upper bits, the offset in the lower 16.
  public func tid(_ row: Int, _ column: Int) throws(PostgresError) -> UInt64 {
    let start = unsafe try fixed(row, column, width: 6)
    // Six bytes are there: `fixed` has checked the length.
    let block = unsafe UInt32(bigEndian: start.loadUnaligned(as: UInt32.self))
    let offset = unsafe UInt16(bigEndian: start.loadUnaligned(fromByteOffset: 4, as: UInt16.self))
    return UInt64(block) << 16 | UInt64(offset)
  }

  /// A `text`, `name` or `json`.
  public func text(_ row: Int, _ column: Int) throws(PostgresError) -> String {
    unsafe String(decoding: try bytes(at: row, column), as: UTF8.self)  // copied
  }

  /// A `bytea`, or the binary form of any other type.
  public func bytes(_ row: Int, _ column: Int) throws(PostgresError) -> [UInt8] {
    unsafe [UInt8](try bytes(at: row, column))  // copied
  }

  /// Lends the bytes of a value without a copy.
  @inlinable
  public func withBytes<Value>(
    _ row: Int, _ column: Int, _ body: (RawSpan) throws(PostgresError) -> Value
  ) throws(PostgresError) -> Value {
    let bytes = unsafe try bytes(at: row, column)
    defer { withExtendedLifetime(self) {} }  // the bytes live as long as the result
    return try body(unsafe RawSpan(_unsafeBytes: bytes))
  }

  private func integer<Value: FixedWidthInteger & BitwiseCopyable>(
    _ row: Int, _ column: Int
  ) throws(PostgresError) -> Value {
    let start = unsafe try fixed(row, column, width: MemoryLayout<Value>.size)
    return unsafe Value(bigEndian: start.loadUnaligned(as: Value.self))  // `fixed` has checked the length
  }

  private func fixed(_ row: Int, _ column: Int, width: Int) throws(PostgresError) -> UnsafeRawPointer {
    try check(row, column)
    // PQgetlength gives 0 for NULL, so one comparison covers both on the hot path.
    guard unsafe PQgetlength(handle.raw, Int32(row), Int32(column)) == width,
      let start = unsafe PQgetvalue(handle.raw, Int32(row), Int32(column))
    else { throw mismatch(row, column, "\(width) bytes") }
    return UnsafeRawPointer(start)
  }

  @usableFromInline
  func bytes(at row: Int, _ column: Int) throws(PostgresError) -> UnsafeRawBufferPointer {
    try check(row, column)
    let length = unsafe Int(PQgetlength(handle.raw, Int32(row), Int32(column)))
    if length == 0, unsafe PQgetisnull(handle.raw, Int32(row), Int32(column)) == 1 {
      throw mismatch(row, column, "a value")
    }
    return unsafe UnsafeRawBufferPointer(
      start: PQgetvalue(handle.raw, Int32(row), Int32(column)), count: length)
  }

  /// libpq only warns about an index outside, through a notice; so the check is here.
  private func check(_ row: Int, _ column: Int) throws(PostgresError) {
    guard row >= 0, row < count, column >= 0, column < columns else {
      throw .usage("row \(row), column \(column) is outside of \(count) rows and \(columns) columns")
    }
  }

  private func mismatch(_ row: Int, _ column: Int, _ expected: String) -> PostgresError {
    let index = (Int32(row), Int32(column))
    let isNull = unsafe PQgetisnull(handle.raw, index.0, index.1) == 1
    let found = isNull ? "NULL" : "\(unsafe PQgetlength(handle.raw, index.0, index.1)) bytes"
    return .usage(
      "row \(row), column \(column) (\(columnName(column) ?? "?")) is \(found), expected \(expected)")
  }
}
