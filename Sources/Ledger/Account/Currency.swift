/// A currency's code: three to eight capital letters, one per account.
///
/// Eight bytes, so that comparing two is one instruction and no record allocates for it. Exponents are never
/// used: amounts are integers in the currency's minor unit, whatever that is.
public struct Currency: Hashable, Sendable {
  /// The letters, the first in the most significant byte, padded with zeros.
  let packed: UInt64

  /// A currency from its code; nil unless it matches `^[A-Z]{3,8}$`.
  public init?(_ code: String) {
    self.init(utf8: Array(code.utf8).span.bytes)
  }

  /// The same from bytes.
  init?(utf8 code: RawSpan) {
    guard 3...8 ~= code.byteCount else { return nil }
    var packed: UInt64 = 0
    for offset in 0..<code.byteCount {
      let letter = code.byte(offset)
      guard UInt8(ascii: "A")...UInt8(ascii: "Z") ~= letter else { return nil }
      packed = packed << 8 | UInt64(letter)
    }
    self.packed = packed << UInt64(8 * (8 - code.byteCount))
  }

  /// The code, for instance `EUR`.
  public var code: String {
    let letters = (0..<8).map { UInt8(truncatingIfNeeded: packed >> UInt64(56 - 8 * $0)) }
    return String(decoding: letters.prefix { $0 != 0 }, as: UTF8.self)
  }
}

extension Currency: CustomStringConvertible {
  /// The code, for instance `EUR`.
  public var description: String { code }
}
