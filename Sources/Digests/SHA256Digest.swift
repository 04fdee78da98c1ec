/// The 32 bytes of a SHA-256, as two big-endian halves: a value that needs no heap.
public struct SHA256Digest: Hashable, Sendable {
  /// The first 16 bytes, most significant first.
  public let high: UInt128
  /// The last 16 bytes, most significant first.
  public let low: UInt128

  /// A digest from its two halves.
  public init(high: UInt128, low: UInt128) {
    self.high = high
    self.low = low
  }

  /// The 32 bytes in the order in which they are written.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32)
    for half in [high, low] {
      for shift in stride(from: 120, through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: half >> shift))
      }
    }
    return bytes
  }
}

extension SHA256Digest: CustomStringConvertible {
  /// 64 lower-case hexadecimal digits.
  public var description: String {
    [high, low].map { half in
      let digits = String(half, radix: 16)
      return String(repeating: "0", count: 32 - digits.count) + digits
    }.joined()
  }
}
