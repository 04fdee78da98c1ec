// One record on its way into rd_kafka_produceva, the call that takes headers.

internal import CLibrdkafka

/// What a record to send has beside its bytes.
struct RecordDraft {
  var partition: Int32
  var timestamp: Int64
  var tag: UInt64

  /// A list of headers, nil for none.
  static func headerList(_ headers: [(String, [UInt8]?)]) -> Owned<HeadersResource>? {
    if headers.isEmpty { return nil }
    let list = unsafe Owned<HeadersResource>(rd_kafka_headers_new(headers.count))
    for (name, value) in headers {
      withBytes(value) { bytes in
        _ = unsafe rd_kafka_header_add(list.pointer, name, -1, bytes.start, bytes.count)
      }
    }
    return list
  }

  /// Copies the bytes into librdkafka's queue. A nil key or value is null; an empty one is empty.
  func send(
    _ client: OpaquePointer, topic: OpaquePointer, key: Bytes, value: Bytes,
    headers: consuming Owned<HeadersResource>?
  ) throws(KafkaError) {
    let list = unsafe headers?.pointer
    if let failure = unsafe enqueue(client, topic: topic, key: key, value: value, headers: list) {
      throw failure
    }
    // librdkafka took the list over, and does so only on success (rdkafka.h, rd_kafka_produceva).
    _ = unsafe headers.take()?.relinquish()
  }

  private func enqueue(
    _ client: OpaquePointer, topic: OpaquePointer, key: Bytes, value: Bytes, headers: OpaquePointer?
  ) -> KafkaError? {
    unsafe withUnsafeTemporaryAllocation(of: rd_kafka_vu_t.self, capacity: 8) { parts in
      var count = 0
      func add(_ type: rd_kafka_vtype_t, _ fill: (inout rd_kafka_vu_t) -> Void) {
        var part = unsafe rd_kafka_vu_t()
        unsafe part.vtype = type
        unsafe fill(&part)
        unsafe parts.initializeElement(at: count, to: part)
        count += 1
      }
      unsafe add(RD_KAFKA_VTYPE_RKT) { unsafe $0.u.rkt = topic }
      unsafe add(RD_KAFKA_VTYPE_PARTITION) { unsafe $0.u.i32 = partition }
      unsafe add(RD_KAFKA_VTYPE_MSGFLAGS) { unsafe $0.u.i = RD_KAFKA_MSG_F_COPY }
      unsafe add(RD_KAFKA_VTYPE_TIMESTAMP) { unsafe $0.u.i64 = timestamp }
      unsafe add(RD_KAFKA_VTYPE_OPAQUE) { unsafe $0.u.ptr = UnsafeMutableRawPointer(bitPattern: UInt(tag)) }
      unsafe add(RD_KAFKA_VTYPE_KEY) { unsafe ($0.u.mem.ptr, $0.u.mem.size) = (key.start, key.count) }
      unsafe add(RD_KAFKA_VTYPE_VALUE) { unsafe ($0.u.mem.ptr, $0.u.mem.size) = (value.start, value.count) }
      if let headers = unsafe headers {
        unsafe add(RD_KAFKA_VTYPE_HEADERS) { unsafe $0.u.headers = headers }
      }
      return unsafe KafkaError.taking(rd_kafka_produceva(client, parts.baseAddress, count))
    }
  }

  /// Bytes lent to C for one call.
  @unsafe
  struct Bytes {
    var start: UnsafeMutableRawPointer?
    var count: Int
  }

  /// Lends bytes to C: a null pointer for nil, a valid one for an empty array, which has no address of its own.
  @safe
  static func withBytes<Result, Failure: Error>(
    _ bytes: [UInt8]?, _ body: (Bytes) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard let bytes else { return try unsafe body(Bytes(start: nil, count: 0)) }
    return try LentBytes.lend(bytes) { lent throws(Failure) in
      try unsafe body(Bytes(start: lent.base, count: lent.count))
    }
  }
}
