/// A record on its way out, in one buffer that is used again for the next: no allocation an event.
public struct EventDraft: Sendable {
  /// Key, value and headers, wherever the ranges say.
  public internal(set) var bytes: [UInt8] = []
  /// The key's place, nil for null.
  public internal(set) var key: Range<Int>?
  /// The value's place, nil for null.
  public internal(set) var value: Range<Int>?
  /// Names (UTF-8) and values of the headers, in order.
  public internal(set) var headers: [(name: Range<Int>, value: Range<Int>?)] = []

  /// An empty draft.
  public init() {}

  /// How many bytes the record takes on the broker, at most.
  public var size: Int { bytes.count + 16 * headers.count + 64 }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    headers.removeAll(keepingCapacity: true)
    key = nil
    value = nil
  }
}
