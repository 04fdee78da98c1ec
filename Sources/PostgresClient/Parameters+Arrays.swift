// Arrays: one dimension, the count known beforehand, one capacity check for fixed widths and then raw stores.
// Layout (array_recv of PostgreSQL): dimensions, has-null flag, element type, count, lower bound, then the
// elements, each with its length (-1 for NULL). An empty array has no dimensions.

extension Parameters {
  /// Begins an array and reserves `room` bytes for its elements. Returns where it starts.
  @usableFromInline
  mutating func beginArray(_ element: PostgresType, count: Int, room: Int) -> Int {
    let start = used
    reserve(20 + room)
    store(Int32(count == 0 ? 0 : 1))
    store(Int32(0))
    store(element.rawValue)
    if count > 0 {
      store(Int32(truncatingIfNeeded: count))
      store(Int32(1))
    }
    return start
  }

  /// Ends the array that began at `start`.
  @usableFromInline
  mutating func endArray(_ type: PostgresType, from start: Int, hasNull: Bool = false) {
    if hasNull {
      // The flag is the second word of the 20 bytes written by beginArray.
      unsafe (buffer + (start + 4)).storeBytes(of: UInt32(1).bigEndian, as: UInt32.self)
    }
    fields.append(Field(type: type, offset: start, length: used - start))
  }

  /// Appends `count` elements of one width.
  @inlinable @inline(__always)
  mutating func fixed<Value: FixedWidthInteger & BitwiseCopyable>(
    _ type: PostgresType, of element: PostgresType, _ count: Int, _ value: (Int) -> Value
  ) {
    let size = MemoryLayout<Value>.size
    let start = beginArray(element, count: count, room: count * (4 + size))
    // The room for all elements is reserved: `next` stays inside the buffer.
    var next = unsafe buffer + used
    for index in 0..<count {
      unsafe next.storeBytes(of: UInt32(truncatingIfNeeded: size).bigEndian, as: UInt32.self)
      unsafe (next + 4).storeBytes(of: value(index).bigEndian, as: Value.self)
      unsafe next += 4 &+ size
    }
    used &+= count &* (4 &+ size)
    endArray(type, from: start)
  }

  /// Appends `count` elements of one width, some of them NULL.
  @inlinable @inline(__always)
  mutating func fixed<Value: FixedWidthInteger & BitwiseCopyable>(
    _ type: PostgresType, of element: PostgresType, _ count: Int, optional value: (Int) -> Value?
  ) {
    let size = MemoryLayout<Value>.size
    let start = beginArray(element, count: count, room: count * (4 + size))
    var hasNull = false
    for index in 0..<count {
      if let value = value(index) {
        store(UInt32(truncatingIfNeeded: size))
        store(value)
      } else {
        store(Int32(-1))
        hasNull = true
      }
    }
    endArray(type, from: start, hasNull: hasNull)
  }

  /// Appends an `int2[]` of `count` elements; `value` is called once for each index from 0.
  @inlinable public mutating func int2s(count: Int, _ value: (Int) -> Int16) {
    fixed(.int2Array, of: .int2, count, value)
  }
  /// Appends an `int4[]` of `count` elements.
  @inlinable public mutating func int4s(count: Int, _ value: (Int) -> Int32) {
    fixed(.int4Array, of: .int4, count, value)
  }
  /// Appends an `int8[]` of `count` elements.
  @inlinable public mutating func int8s(count: Int, _ value: (Int) -> Int64) {
    fixed(.int8Array, of: .int8, count, value)
  }
  /// Appends an `int4[]` of `count` elements, nil for NULL.
  @inlinable public mutating func int4s(count: Int, optional value: (Int) -> Int32?) {
    fixed(.int4Array, of: .int4, count, optional: value)
  }
  /// Appends an `int8[]` of `count` elements, nil for NULL.
  @inlinable public mutating func int8s(count: Int, optional value: (Int) -> Int64?) {
    fixed(.int8Array, of: .int8, count, optional: value)
  }
  /// Appends a `float8[]` of `count` elements.
  @inlinable public mutating func float8s(count: Int, _ value: (Int) -> Double) {
    fixed(.float8Array, of: .float8, count) { value($0).bitPattern }
  }
  /// Appends a `bool[]` of `count` elements.
  @inlinable public mutating func bools(count: Int, _ value: (Int) -> Bool) {
    fixed(.boolArray, of: .bool, count) { value($0) ? UInt8(1) : 0 }
  }
  /// Appends a `uuid[]` of `count` elements.
  @inlinable public mutating func uuids(count: Int, _ value: (Int) -> UInt128) {
    fixed(.uuidArray, of: .uuid, count, value)
  }
  /// Appends a `uuid[]` of `count` elements, nil for NULL.
  @inlinable public mutating func uuids(count: Int, optional value: (Int) -> UInt128?) {
    fixed(.uuidArray, of: .uuid, count, optional: value)
  }
  /// Appends a `timestamptz[]` of `count` elements in microseconds since 2000-01-01 00:00 UTC.
  @inlinable public mutating func timestamptzs(count: Int, _ microseconds: (Int) -> Int64) {
    fixed(.timestamptzArray, of: .timestamptz, count, microseconds)
  }

  /// Appends a `tid[]` of `count` elements: the block in the upper bits, the offset in the lower 16.
  @inlinable public mutating func tids(count: Int, _ value: (Int) -> UInt64) {
    let start = beginArray(.tid, count: count, room: count * 10)
    for index in 0..<count {
      let tid = value(index)
      store(UInt32(6))
      store(UInt32(truncatingIfNeeded: tid >> 16))
      store(UInt16(truncatingIfNeeded: tid))
    }
    endArray(.tidArray, from: start)
  }
}

extension Parameters {
  /// Appends a `text[]`, nil for NULL.
  public mutating func texts(_ values: [String?]) { texts(count: values.count) { values[$0] } }

  /// Appends a `text[]` of `count` elements, nil for NULL.
  public mutating func texts(count: Int, _ value: (Int) -> String?) {
    let start = beginArray(.text, count: count, room: count * 20)
    var hasNull = false
    for index in 0..<count {
      if var text = value(index) {
        text.withUTF8 { unsafe element(UnsafeRawBufferPointer($0)) }  // copied inside the closure
      } else {
        hasNull = true
        nullElement()
      }
    }
    endArray(.textArray, from: start, hasNull: hasNull)
  }

  /// Appends a `bytea[]`, nil for NULL.
  public mutating func byteas(_ values: [[UInt8]?]) { byteas(count: values.count) { values[$0] } }

  /// Appends a `bytea[]` of `count` elements, nil for NULL.
  public mutating func byteas(count: Int, _ value: (Int) -> [UInt8]?) {
    let start = beginArray(.bytea, count: count, room: count * 36)
    var hasNull = false
    for index in 0..<count {
      if let bytes = value(index) {
        unsafe bytes.withUnsafeBytes { unsafe element($0) }  // copied inside the closure
      } else {
        hasNull = true
        nullElement()
      }
    }
    endArray(.byteaArray, from: start, hasNull: hasNull)
  }

  private mutating func element(_ bytes: UnsafeRawBufferPointer) {
    reserve(4)
    store(Int32(truncatingIfNeeded: bytes.count))
    unsafe store(bytes: bytes)
  }

  private mutating func nullElement() {
    reserve(4)
    store(Int32(-1))
  }
}
