/// One header of a record. Names may repeat, values may be null, and nothing about either is trusted.
public struct RecordHeader: Equatable, Sendable {
  /// The header's name.
  public let name: String
  /// Its value, nil for null.
  public let value: [UInt8]?

  /// A header from its parts.
  public init(name: String, value: [UInt8]?) {
    self.name = name
    self.value = value
  }

  /// The header that carries a trace's identity (W3C Trace Context), passed on to the outcome event.
  public static let traceParent = "traceparent"
}
