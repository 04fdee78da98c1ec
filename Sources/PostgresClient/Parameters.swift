/// The values of one statement in binary format, in one buffer that is reused from statement to statement.
///
/// Append the values in the order of `$1`, `$2`…; `removeAll()` keeps the memory. Types are checked when
/// sent.
@safe public struct Parameters: ~Copyable, @unchecked Sendable {
  // Unchecked: the raw buffer is owned by this noncopyable value alone, so it moves between threads as a
  // whole.

  /// Where one value lies in the buffer.
  @usableFromInline struct Field {
    @usableFromInline var type: PostgresType
    /// Negative for NULL.
    @usableFromInline var offset: Int
    @usableFromInline var length: Int
    @usableFromInline init(type: PostgresType, offset: Int, length: Int) {
      self.type = type
      self.offset = offset
      self.length = length
    }
  }

  @usableFromInline var buffer: UnsafeMutableRawPointer
  @usableFromInline var capacity: Int
  @usableFromInline var used = 0
  @usableFromInline var fields: [Field] = []

  /// No values yet, with room for `capacity` bytes before the first growth.
  public init(capacity: Int = 4096) {
    self.capacity = max(capacity, 64)
    unsafe self.buffer = .allocate(byteCount: self.capacity, alignment: 16)
    fields.reserveCapacity(16)
  }

  deinit { unsafe buffer.deallocate() }

  /// The number of values.
  public var count: Int { fields.count }

  /// The bytes of all values.
  public var byteCount: Int { used }

  /// Forgets the values and keeps the memory.
  public mutating func removeAll() {
    used = 0
    fields.removeAll(keepingCapacity: true)
  }

  /// Makes room for `bytes` more: the one capacity check before raw stores.
  @inlinable mutating func reserve(_ bytes: Int) {
    if bytes > capacity &- used { grow(bytes) }
  }

  @usableFromInline @inline(never) mutating func grow(_ bytes: Int) {
    let enlarged = max(capacity * 2, used + bytes)
    let moved = UnsafeMutableRawPointer.allocate(byteCount: enlarged, alignment: 16)
    unsafe moved.copyMemory(from: buffer, byteCount: used)  // used ≤ capacity < enlarged
    unsafe buffer.deallocate()
    unsafe buffer = unsafe moved
    capacity = enlarged
  }

  /// Stores an integer big-endian; the caller has reserved the room.
  @inlinable mutating func store<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
    unsafe (buffer + used).storeBytes(of: value.bigEndian, as: Value.self)
    used &+= MemoryLayout<Value>.size
  }

  /// Stores bytes and makes the room for them.
  mutating func store(bytes: UnsafeRawBufferPointer) {
    reserve(bytes.count)
    if let base = bytes.baseAddress { unsafe (buffer + used).copyMemory(from: base, byteCount: bytes.count) }
    used += bytes.count
  }

  mutating func append<Value: FixedWidthInteger & BitwiseCopyable>(_ type: PostgresType, _ value: Value?) {
    guard let value else { return null(type) }
    reserve(MemoryLayout<Value>.size)
    fields.append(Field(type: type, offset: used, length: MemoryLayout<Value>.size))
    store(value)
  }

  /// Appends NULL of this type.
  public mutating func null(_ type: PostgresType) {
    fields.append(Field(type: type, offset: -1, length: 0))
  }
}

// Single values. nil is NULL.
extension Parameters {
  /// Appends an `int2`.
  public mutating func int2(_ value: Int16?) { append(.int2, value) }
  /// Appends an `int4`.
  public mutating func int4(_ value: Int32?) { append(.int4, value) }
  /// Appends an `int8`.
  public mutating func int8(_ value: Int64?) { append(.int8, value) }
  /// Appends a `float8`.
  public mutating func float8(_ value: Double?) { append(.float8, value?.bitPattern) }
  /// Appends a `bool`.
  public mutating func bool(_ value: Bool?) { append(.bool, value.map { $0 ? UInt8(1) : 0 }) }
  /// Appends a `uuid`; the most significant byte is the first of its text.
  public mutating func uuid(_ value: UInt128?) { append(.uuid, value) }
  /// Appends a `timestamptz` in microseconds since 2000-01-01 00:00 UTC, PostgreSQL's own epoch.
  public mutating func timestamptz(_ microseconds: Int64?) { append(.timestamptz, microseconds) }

  /// Appends a `tid`: the block in the upper bits, the offset in the lower 16.
  public mutating func tid(_ value: UInt64?) {
    guard let value else { return null(.tid) }
    reserve(6)
    fields.append(Field(type: .tid, offset: used, length: 6))
    store(UInt32(truncatingIfNeeded: value >> 16))
    store(UInt16(truncatingIfNeeded: value))
  }

  /// Appends a `text`.
  public mutating func text(_ value: String?) { append(.text, value) }
  /// Appends a `json`.
  public mutating func json(_ value: String?) { append(.json, value) }

  /// Appends a `text` of bytes that are known to be UTF-8; the server checks them.
  public mutating func text(utf8 bytes: RawSpan) { append(.text, bytes) }
  /// Appends a `bytea` of borrowed bytes.
  public mutating func bytea(_ bytes: RawSpan) { append(.bytea, bytes) }

  /// Appends a `bytea`.
  public mutating func bytea(_ value: [UInt8]?) {
    guard let value else { return null(.bytea) }
    unsafe append(.bytea, value.span.bytes)
  }

  private mutating func append(_ type: PostgresType, _ bytes: RawSpan) {
    fields.append(Field(type: type, offset: used, length: bytes.byteCount))
    unsafe bytes.withUnsafeBytes { unsafe store(bytes: $0) }  // copied before the span ends
  }

  private mutating func append(_ type: PostgresType, _ value: String?) {
    guard var value else { return null(type) }
    let start = used
    value.withUTF8 { unsafe store(bytes: UnsafeRawBufferPointer($0)) }  // copied inside the closure
    fields.append(Field(type: type, offset: start, length: used - start))
  }
}
