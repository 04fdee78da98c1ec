/// The identity of one intended effect, unique per stream: resending the same key never repeats the effect.
///
/// A key is a UUID (36 characters of hyphenated hex, case-insensitive) or a *natural key* such as an order
/// number, which is stored as a name-based UUID (version 8, RFC 9562) together with its text.
public struct IdempotencyKey: Sendable {
  /// The UUID's 128 bits, most significant byte first in the written form.
  public let bits: UInt128
  /// The text of a natural key as it was sent; nil where the key is a UUID.
  public let text: String?

  /// A key from its parts. No check is made: decoding does that.
  public init(bits: UInt128, text: String? = nil) {
    self.bits = bits
    self.text = text
  }
}

/// Two keys are the same key when their bits are: a natural key's bits are derived from its text.
extension IdempotencyKey: Hashable {
  /// Whether the bits are the same.
  public static func == (one: Self, other: Self) -> Bool { one.bits == other.bits }
  /// Hashes the bits.
  public func hash(into hasher: inout Hasher) { hasher.combine(bits) }
}
