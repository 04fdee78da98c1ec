// One record as popped: bytes stay in librdkafka's memory and are lent out, never copied unless asked.

internal import CLibrdkafka

/// A record of a partition. It is input: null keys, null values, empty and invalid bytes are all legal.
@safe
public struct Record: ~Copyable {
  /// The record's offset in its partition.
  public let offset: Int64
  /// The record's partition.
  public let partition: Int32
  @usableFromInline let keyStart: UnsafeRawPointer?
  @usableFromInline let keyCount: Int
  @usableFromInline let valueStart: UnsafeRawPointer?
  @usableFromInline let valueCount: Int
  private let message: UnsafeMutablePointer<rd_kafka_message_t>

  /// Takes the message over and destroys it at the end of its life.
  init(_ message: UnsafeMutablePointer<rd_kafka_message_t>) {
    unsafe self.message = message
    offset = unsafe message.pointee.offset
    partition = unsafe message.pointee.partition
    unsafe keyStart = UnsafeRawPointer(message.pointee.key)
    keyCount = unsafe message.pointee.key == nil ? 0 : message.pointee.key_len
    unsafe valueStart = UnsafeRawPointer(message.pointee.payload)
    valueCount = unsafe message.pointee.payload == nil ? 0 : message.pointee.len
  }

  deinit { unsafe rd_kafka_message_destroy(message) }

  var code: rd_kafka_resp_err_t { unsafe message.pointee.err }

  /// The error that this message carries in place of a record.
  var error: KafkaError {
    let text = unsafe rd_kafka_message_errstr(message)
    return unsafe KafkaError(code, message: text.map { unsafe String(cString: $0) })
  }

  /// Milliseconds since 1970, set by the producer or the broker; -1 where the record has none.
  public var timestamp: Int64 { unsafe rd_kafka_message_timestamp(message, nil) }

  /// The record was written without a key (an empty key is another thing).
  @inlinable public var keyIsNull: Bool { unsafe keyStart == nil }

  /// The record was written without a value: a tombstone.
  @inlinable public var valueIsNull: Bool { unsafe valueStart == nil }

  /// Bytes of the key; 0 for a null key.
  @inlinable public var keyLength: Int { keyCount }

  /// Bytes of the value; 0 for a null value.
  @inlinable public var valueLength: Int { valueCount }

  /// Lends the key's bytes; empty for a null key.
  @inlinable
  public func withKey<Result: ~Copyable, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(unsafe UnsafeRawBufferPointer(start: keyStart, count: keyCount).bytes)
  }

  /// Lends the value's bytes; empty for a null value.
  @inlinable
  public func withValue<Result: ~Copyable, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(unsafe UnsafeRawBufferPointer(start: valueStart, count: valueCount).bytes)
  }

  /// Appends the key's bytes; nothing for a null key.
  public func appendKey(to bytes: inout [UInt8]) {
    unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(start: keyStart, count: keyCount))
  }

  /// Appends the value's bytes; nothing for a null value.
  public func appendValue(to bytes: inout [UInt8]) {
    unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(start: valueStart, count: valueCount))
  }

  /// The headers in order, repeated names included. A name that is not UTF-8 is repaired; a value may be null.
  /// Parsed by each first call on a record: librdkafka allocates a list even for a record without headers.
  public func headers() -> [(name: String, value: [UInt8]?)] {
    var list: OpaquePointer?
    // The list stays the message's. No headers is an error code here, and the common case.
    guard unsafe rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR,
      let list = unsafe list
    else { return [] }
    var all: [(name: String, value: [UInt8]?)] = []
    var name: UnsafePointer<CChar>?
    var start: UnsafeRawPointer?
    var count = 0
    var index = 0
    while unsafe rd_kafka_header_get_all(list, index, &name, &start, &count) == RD_KAFKA_RESP_ERR_NO_ERROR {
      let value = unsafe start.map { unsafe [UInt8](UnsafeRawBufferPointer(start: $0, count: count)) }
      all.append((name: unsafe name.map { unsafe String(cString: $0) } ?? "", value: value))
      index += 1
    }
    return all
  }
}
