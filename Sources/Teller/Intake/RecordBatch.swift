/// The raw records of one batch, copied once out of the client into one buffer that is used again and again.
///
/// The copy (a tenth of a microsecond) buys simple ownership: the client's messages are freed at once, and dead
/// letters and anchors find the bytes where they were.
public struct RecordBatch: Sendable {
  /// Where a record stands in `bytes`: key first, value behind it.
  public struct Slot: Sendable {
    /// The record's offset in its partition.
    public let offset: Int64
    /// Milliseconds since 1970, -1 where the record has none.
    public let timestamp: Int64
    let start: Int
    /// -1: null.
    let keyLength: Int
    /// -1: null.
    let valueLength: Int
    /// Index into `headers`, -1 where the record has none.
    let headers: Int
  }

  /// The records, in the order in which they were popped.
  public private(set) var slots: [Slot] = []
  private(set) var bytes: [UInt8] = []
  /// Only of records that have some: most have none, and cost nothing here.
  private var headers: [[RecordHeader]] = []

  /// An empty batch.
  public init() {}

  /// How many bytes of keys and values are held.
  public var byteCount: Int { bytes.count }

  /// Of one record.
  var averageByteCount: Int { slots.isEmpty ? 0 : bytes.count / slots.count + 1 }

  /// Appends one record; `fill` appends its key and then its value and returns both lengths, -1 for null.
  public mutating func append(
    offset: Int64, timestamp: Int64, headers: [RecordHeader] = [],
    fill: (inout [UInt8]) -> (keyLength: Int, valueLength: Int)
  ) {
    let start = bytes.count
    let (key, value) = fill(&bytes)
    precondition(
      bytes.count == start + max(key, 0) + max(value, 0), "lengths disagree with the bytes appended")
    slots.append(
      Slot(
        offset: offset, timestamp: timestamp, start: start, keyLength: key, valueLength: value,
        headers: headers.isEmpty ? -1 : self.headers.count))
    if !headers.isEmpty { self.headers.append(headers) }
  }

  /// Takes the newest record back out.
  mutating func removeLast() {
    guard let slot = slots.popLast() else { return }
    bytes.removeSubrange(slot.start...)
    if slot.headers >= 0 { headers.removeLast() }
  }

  /// Empties the batch and keeps its memory.
  mutating func removeAll() {
    slots.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: true)
    headers.removeAll(keepingCapacity: true)
  }

  /// The headers of a record, in order.
  func headers(_ index: Int) -> [RecordHeader] {
    let place = slots[index].headers
    return place < 0 ? [] : headers[place]
  }

  func key(_ index: Int) -> [UInt8]? {
    let slot = slots[index]
    return slot.keyLength < 0 ? nil : Array(bytes[slot.start..<(slot.start + slot.keyLength)])
  }

  func value(_ index: Int) -> [UInt8]? {
    let slot = slots[index]
    guard slot.valueLength >= 0 else { return nil }
    let start = slot.start + max(slot.keyLength, 0)
    return Array(bytes[start..<(start + slot.valueLength)])
  }

  /// Appends a record's key; false, and nothing appended, where it is null.
  func appendKey(_ index: Int, to other: inout [UInt8]) -> Bool {
    let slot = slots[index]
    guard slot.keyLength >= 0 else { return false }
    other.append(contentsOf: bytes[slot.start..<(slot.start + slot.keyLength)])
    return true
  }

  /// Lends a record's value; empty where it is null.
  func withValue<Result>(_ index: Int, _ body: (RawSpan) -> Result) -> Result {
    let slot = slots[index]
    let start = slot.start + max(slot.keyLength, 0)
    return body(bytes.span.bytes.extracting(start..<(start + max(slot.valueLength, 0))))
  }

  /// The header that carries the trace's identity; the last one, if there are several.
  func trace(_ index: Int) -> [UInt8]? {
    let place = slots[index].headers
    return place < 0 ? nil : headers[place].last { $0.name == RecordHeader.traceParent }?.value
  }
}
