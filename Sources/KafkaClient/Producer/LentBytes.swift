// Swift's bytes as C wants them.

internal import CLibrdkafka

/// A buffer lent to C for one call, whose parts become a record.
@unsafe
struct LentBytes {
  /// Never null for lent bytes, but where an empty array has no address: then any that is not null, since null is null
  /// to librdkafka, and with no length nobody looks there.
  let base: UnsafeMutableRawPointer?
  let count: Int

  @safe
  static func lend<Result, Failure: Error>(
    _ bytes: [UInt8], _ body: (LentBytes) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe bytes.span.bytes.withUnsafeBytes { (buffer) throws(Failure) in
      // librdkafka copies (MSG_F_COPY) and never writes here; its C signature only lacks the const.
      let base = unsafe UnsafeMutableRawPointer(mutating: buffer.baseAddress)
      return try unsafe body(
        LentBytes(base: base ?? UnsafeMutableRawPointer(bitPattern: 1), count: buffer.count))
    }
  }

  /// A part's place; nil stays null.
  func part(_ range: Range<Int>?) throws(KafkaError) -> RecordDraft.Bytes {
    guard let range else { return unsafe RecordDraft.Bytes(start: nil, count: 0) }
    guard range.lowerBound >= 0, unsafe range.upperBound <= count else {
      throw .invalid("\(range) is outside the record's \(unsafe count) bytes")
    }
    return unsafe RecordDraft.Bytes(start: base.map { unsafe $0 + range.lowerBound }, count: range.count)
  }

  /// A list of headers, nil for none. On an error it is freed here.
  func headerList(
    _ headers: [(name: Range<Int>, value: Range<Int>?)]
  ) throws(KafkaError) -> Owned<HeadersResource>? {
    if headers.isEmpty { return nil }
    let list = unsafe Owned<HeadersResource>(rd_kafka_headers_new(headers.count))
    for header in headers {
      let name = try unsafe part(header.name)
      let value = try unsafe part(header.value)
      _ = unsafe rd_kafka_header_add(
        list.pointer, name.start?.assumingMemoryBound(to: CChar.self), name.count, value.start, value.count)
    }
    return list
  }
}
