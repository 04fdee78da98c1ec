public import Digests

// Idempotency keys from what a service sent, and back to text (for producers: Ledger.docc/Request.md).

extension IdempotencyKey {
  /// The most UTF-8 bytes a natural key may have.
  public static let naturalKeyBytesMax = 64

  /// Reads a key as it was sent; nil where it is empty, longer than 64 bytes, not UTF-8, or contains U+0000.
  ///
  /// 36 characters of hyphenated hex are a UUID. Anything else is a natural key, whose bits are those of a
  /// version 8 UUID: the first 16 bytes of SHA-256(topic ‖ 0x00 ‖ key), with version and variant set. U+0000
  /// is refused because PostgreSQL cannot store it in a text.
  /// The topic is part of it, so that the same order number in two streams is two keys.
  public init?(parsing bytes: RawSpan, topic: String) {
    if let bits = Self.uuidBits(bytes) {
      self.init(bits: bits)
    } else {
      var digester = SHA256Digester()
      self.init(naturalKey: bytes, topic: topic, digester: &digester)
    }
  }

  /// The same with a digester that is used again: what a decoder calls for each record.
  public init?(parsing bytes: RawSpan, topic: String, digester: inout SHA256Digester) {
    if let bits = Self.uuidBits(bytes) {
      self.init(bits: bits)
    } else {
      self.init(naturalKey: bytes, topic: topic, digester: &digester)
    }
  }

  /// Reads a key from a text, by the same rules.
  public init?(parsing text: String, topic: String) {
    self.init(parsing: Array(text.utf8).span.bytes, topic: topic)
  }

  /// The bits as 36 characters of hyphenated hex, in lower case.
  public var uuidString: String {
    var characters: [UInt8] = []
    characters.reserveCapacity(36)
    for nibble in 0..<32 {
      if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 { characters.append(UInt8(ascii: "-")) }
      let digit = UInt8(truncatingIfNeeded: bits >> (124 - 4 * nibble)) & 15
      characters.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
    return String(decoding: characters, as: UTF8.self)
  }

  private init?(naturalKey bytes: RawSpan, topic: String, digester: inout SHA256Digester) {
    guard 1...Self.naturalKeyBytesMax ~= bytes.byteCount else { return nil }
    // The pointer is read within the closure only.
    let text = unsafe bytes.withUnsafeBytes { unsafe String(validating: $0, as: UTF8.self) }
    guard let text, !text.utf8.contains(0) else { return nil }
    digester.update(topic)
    digester.update(bigEndian: UInt8(0))
    digester.update(bytes)
    self.init(bits: Self.named(digester.finish().high), text: text)
  }

  /// Sets version 8 (RFC 9562, section 5.8) and the variant `10`.
  static func named(_ digest: UInt128) -> UInt128 {
    let version: UInt128 = 0xf << 76
    let variant: UInt128 = 0b11 << 62
    return digest & ~version & ~variant | 8 << 76 | 0b10 << 62
  }
}

extension IdempotencyKey: CustomStringConvertible {
  /// The key as outcome events carry it: a natural key's text as it was sent, a UUID in lower case.
  public var description: String { text ?? uuidString }
}
