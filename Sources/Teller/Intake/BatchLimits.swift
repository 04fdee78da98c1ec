/// How much one batch may hold. A batch is what waits when the last commit returned, up to these caps; nobody lingers.
public struct BatchLimits: Sendable {
  /// The most records of one batch.
  public var recordsMax: Int
  /// The bytes of keys and values after which a batch is closed.
  public var bytesMax: Int

  /// Limits for one batch.
  public init(recordsMax: Int = 5_000, bytesMax: Int = 8 << 20) {
    precondition(recordsMax > 0 && bytesMax > 0, "a batch must be able to hold a record")
    self.recordsMax = recordsMax
    self.bytesMax = bytesMax
  }
}

/// How large one record may be before it is dead as `too_large`.
public struct RecordLimits: Sendable {
  /// Bytes of a key.
  public var keyBytesMax: Int
  /// Bytes of a value.
  public var valueBytesMax: Int

  /// The limits of the request format by default.
  public init(keyBytesMax: Int = 128, valueBytesMax: Int = 64 << 10) {
    self.keyBytesMax = keyBytesMax
    self.valueBytesMax = valueBytesMax
  }
}
