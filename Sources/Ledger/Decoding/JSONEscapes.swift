/// What the escapes of a JSON string stand for.
enum JSONEscapes {
  /// The byte that `\` and a letter stand for; nil where there is no such escape.
  static func short(_ letter: UInt8) -> UInt8? {
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0c
    case UInt8(ascii: "n"): 0x0a
    case UInt8(ascii: "r"): 0x0d
    case UInt8(ascii: "t"): 0x09
    default: nil
    }
  }

  static func hexDigit(_ character: UInt8) -> UInt16? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(character - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(character - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(character - UInt8(ascii: "A") + 10)
    default: nil
    }
  }

  /// The UTF-8 of a string's bytes between its quotes, which the scanner has passed.
  static func resolve(_ string: RawSpan) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(string.byteCount)
    var offset = 0
    while offset < string.byteCount {
      let byte = string.byte(offset)
      guard byte == UInt8(ascii: "\\"), offset + 1 < string.byteCount else {
        text.append(byte)
        offset += 1
        continue
      }
      if let byte = short(string.byte(offset + 1)) {
        text.append(byte)
        offset += 2
      } else {
        offset += character(string, offset, &text)
      }
    }
    return text
  }

  /// Appends the character of the `\uXXXX` at an offset, or of two that make a pair; returns their length.
  private static func character(_ string: RawSpan, _ offset: Int, _ text: inout [UInt8]) -> Int {
    let first = unit(string, offset)
    var scalar = UInt32(first)
    var length = 6
    if first & 0xfc00 == 0xd800, offset + 12 <= string.byteCount {
      scalar = 0x10000 + (UInt32(first & 0x3ff) << 10 | UInt32(unit(string, offset + 6) & 0x3ff))
      length = 12
    }
    // Half a pair has no scalar: such a string is refused, so what stands here is never used.
    text.append(contentsOf: String(Character(Unicode.Scalar(scalar) ?? "\u{fffd}")).utf8)
    return length
  }

  private static func unit(_ string: RawSpan, _ offset: Int) -> UInt16 {
    var unit: UInt16 = 0
    for place in offset + 2..<min(offset + 6, string.byteCount) {
      unit = unit << 4 | (hexDigit(string.byte(place)) ?? 0)
    }
    return unit
  }
}
