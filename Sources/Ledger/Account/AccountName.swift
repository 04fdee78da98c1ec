/// What an account's id may be: 1 to 128 UTF-8 bytes, no control characters.
///
/// Two ids are the same only where their bytes are: Swift's `==` on `String` also equates different bytes of
/// the same character ("é" has two spellings), and PostgreSQL's `COLLATE "C"` does not. Compare `utf8`.
public enum AccountName {
  /// The most UTF-8 bytes of an account's id.
  public static let bytesMax = 128

  /// Whether a text may name an account.
  public static func isValid(_ name: String) -> Bool {
    isValid(utf8: Array(name.utf8).span.bytes)
  }

  /// Whether valid UTF-8 may name an account.
  static func isValid(utf8 name: RawSpan) -> Bool {
    guard 1...bytesMax ~= name.byteCount else { return false }
    var offset = 0
    while offset < name.byteCount {
      let byte = name.byte(offset)
      guard byte >= 0x20, byte != 0x7f else { return false }
      // U+0080 to U+009F, the second set of control characters, are 0xC2 and the code itself.
      if byte == 0xc2, offset + 1 < name.byteCount, name.byte(offset + 1) < 0xa0 { return false }
      offset += 1
    }
    return true
  }
}
