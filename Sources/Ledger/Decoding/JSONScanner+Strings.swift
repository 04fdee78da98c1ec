// Strings: eight plain bytes a step, and a slow path for each escape or character beyond ASCII.

extension JSONScanner {
  /// A string whose opening quote was consumed; consumes the closing one.
  @inline(__always)
  mutating func string(_ bytes: RawSpan) throws(JSONDefect) -> JSONToken {
    let start = position
    var spelling = JSONToken.Spelling.plain
    while true {
      skipPlain(bytes)
      guard position < bytes.byteCount else { throw .truncated }
      if bytes.byte(position) == UInt8(ascii: "\"") {
        position &+= 1
        return JSONToken(.string, start..<position &- 1, spelling)
      }
      try special(bytes, &spelling)
    }
  }

  /// Moves to the next quote, backslash, control character or byte beyond ASCII.
  @inline(__always)
  private mutating func skipPlain(_ bytes: RawSpan) {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    var at = position
    while at &+ 8 <= bytes.byteCount {
      // The top bit of every byte at which to stop. A borrow can only set a false one above a true one, so
      // the first stop is exact.
      let word = bytes.word(at)
      let quote = word ^ (ones &* 0x22)
      let backslash = word ^ (ones &* 0x5c)
      let found = (quote &- ones) & ~quote | (backslash &- ones) & ~backslash
      let stops = (found | (word &- ones &* 0x20) & ~word | word) & highs
      guard stops == 0 else {
        position = at &+ stops.trailingZeroBitCount &>> 3
        return
      }
      at &+= 8
    }
    while at < bytes.byteCount {
      let byte = bytes.byte(at)
      guard byte >= 0x20, byte < 0x80, byte != 0x22, byte != 0x5c else { break }
      at &+= 1
    }
    position = at
  }

  /// One escape, or one character beyond ASCII.
  @inline(never)
  private mutating func special(_ bytes: RawSpan, _ spelling: inout JSONToken.Spelling) throws(JSONDefect) {
    let byte = bytes.byte(position)
    if byte >= 0x80 { return try character(bytes) }
    // A control character must be escaped.
    guard byte == UInt8(ascii: "\\") else { throw .syntax }
    if spelling == .plain { spelling = .escaped }
    guard position + 1 < bytes.byteCount else { throw .truncated }
    let letter = bytes.byte(position + 1)
    guard letter == UInt8(ascii: "u") else {
      guard JSONEscapes.short(letter) != nil else { throw .syntax }
      return position += 2
    }
    let unit = try hexUnit(bytes)
    if unit & 0xfc00 == 0xd800, position + 1 < bytes.byteCount, bytes.byte(position) == UInt8(ascii: "\\"),
      bytes.byte(position + 1) == UInt8(ascii: "u")
    {
      let start = position
      if try hexUnit(bytes) & 0xfc00 == 0xdc00 { return }
      // The second escape is no second half: it is judged by itself in the next round.
      position = start
    }
    if unit == 0 || unit & 0xf800 == 0xd800 {
      spelling = .refused
      refusedText = true
    }
  }

  /// The UTF-16 unit of a `\uXXXX`.
  private mutating func hexUnit(_ bytes: RawSpan) throws(JSONDefect) -> UInt16 {
    var unit: UInt16 = 0
    for offset in position + 2..<position + 6 {
      guard offset < bytes.byteCount else { throw .truncated }
      guard let digit = JSONEscapes.hexDigit(bytes.byte(offset)) else { throw .syntax }
      unit = unit << 4 | digit
    }
    position += 6
    return unit
  }

  /// One character of two to four bytes, by the table of well-formed UTF-8 (Unicode, table 3-7).
  private mutating func character(_ bytes: RawSpan) throws(JSONDefect) {
    let lead = bytes.byte(position)
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xbf
    switch lead {
    case 0xc2...0xdf: length = 2
    case 0xe0: (length, second) = (3, 0xa0...0xbf)  // else it is overlong
    case 0xed: (length, second) = (3, 0x80...0x9f)  // else it is half a surrogate pair
    case 0xe1...0xef: length = 3
    case 0xf0: (length, second) = (4, 0x90...0xbf)  // else it is overlong
    case 0xf4: (length, second) = (4, 0x80...0x8f)  // else it is beyond U+10FFFF
    case 0xf1...0xf3: length = 4
    default: throw .notUTF8
    }
    guard position + length <= bytes.byteCount else { throw .notUTF8 }
    guard second ~= bytes.byte(position + 1) else { throw .notUTF8 }
    for offset in position + 2..<position + max(length, 2) {
      guard 0x80...0xbf ~= bytes.byte(offset) else { throw .notUTF8 }
    }
    position += length
  }
}
