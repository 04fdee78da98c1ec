public import Teller

extension IdempotencyKey {
  /// A random key that is one of a kind: a UUID of version 7 (RFC 9562, section 5.7). Keys made about the same time lie
  /// together in the database's index, which keeps it fast.
  ///
  /// - Parameters:
  ///   - milliseconds: the time since 1970.
  ///   - generator: where the 74 random bits come from.
  public static func random(
    at milliseconds: Int64, using generator: inout some RandomNumberGenerator
  ) -> IdempotencyKey {
    let time = UInt128(UInt64(bitPattern: milliseconds) & 0xffff_ffff_ffff) << 80
    let high = UInt128(generator.next() & 0xfff) << 64
    let low = UInt128(generator.next() & 0x3fff_ffff_ffff_ffff)
    return IdempotencyKey(bits: time | 7 << 76 | high | 0b10 << 62 | low)
  }
}
