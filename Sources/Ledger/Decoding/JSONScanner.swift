/// A cursor over one JSON text (RFC 8259): checks the whole syntax and UTF-8 in a single pass, copies
/// nothing, and never recurses.
///
/// It refuses what is not JSON by throwing. What is JSON but no request may contain is only noted
/// (`refusedText`, `repeatedName`, `depth`), because bytes that are not JSON at all take precedence.
struct JSONScanner {
  var position = 0
  /// Whether a string somewhere contained `\u0000` or half a surrogate pair.
  var refusedText = false
  /// Whether an object inside a field's value named a member twice.
  var repeatedName = false
  /// How deep the deepest object or array nested, since it was last set to 0.
  var depth = 0

  @inline(__always)
  mutating func skipWhitespace(_ bytes: RawSpan) {
    while position < bytes.byteCount {
      let byte = bytes.byte(position)
      // Nearly always false at the first byte: producers write compact JSON.
      guard byte <= 0x20, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { return }
      position &+= 1
    }
  }

  /// The next byte that is not white space, not consumed.
  @inline(__always)
  mutating func peek(_ bytes: RawSpan) throws(JSONDefect) -> UInt8 {
    skipWhitespace(bytes)
    guard position < bytes.byteCount else { throw .truncated }
    return bytes.byte(position)
  }

  @inline(__always)
  mutating func expect(_ byte: UInt8, _ bytes: RawSpan) throws(JSONDefect) {
    guard try peek(bytes) == byte else { throw .syntax }
    position &+= 1
  }

  /// A member's name and its colon.
  @inline(__always)
  mutating func name(_ bytes: RawSpan) throws(JSONDefect) -> JSONToken {
    try expect(UInt8(ascii: "\""), bytes)
    let name = try string(bytes)
    try expect(UInt8(ascii: ":"), bytes)
    return name
  }

  /// Any value.
  @inline(__always)
  mutating func value(_ bytes: RawSpan) throws(JSONDefect) -> JSONToken {
    switch try peek(bytes) {
    case UInt8(ascii: "\""):
      position &+= 1
      return try string(bytes)
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      return try container(bytes)
    default:
      return try bare(bytes)
    }
  }

  /// A value without quotes and members.
  mutating func bare(_ bytes: RawSpan) throws(JSONDefect) -> JSONToken {
    switch try peek(bytes) {
    case UInt8(ascii: "t"): try literal("true", .true, bytes)
    case UInt8(ascii: "f"): try literal("false", .false, bytes)
    case UInt8(ascii: "n"): try literal("null", .null, bytes)
    default: try number(bytes)
    }
  }

  private mutating func literal(
    _ word: StaticString, _ kind: JSONToken.Kind, _ bytes: RawSpan
  ) throws(JSONDefect) -> JSONToken {
    let start = position
    for letter in word.description.utf8 {
      guard position < bytes.byteCount else { throw .truncated }
      guard bytes.byte(position) == letter else { throw .syntax }
      position += 1
    }
    return JSONToken(kind, start..<position)
  }
}

// MARK: - Numbers

extension JSONScanner {
  /// A number of any size: only its grammar matters here.
  mutating func number(_ bytes: RawSpan) throws(JSONDefect) -> JSONToken {
    let start = position
    if bytes.byte(position) == UInt8(ascii: "-") { position &+= 1 }
    if position < bytes.byteCount, bytes.byte(position) == UInt8(ascii: "0") {
      // A zero stands alone: `01` is not a number.
      position &+= 1
    } else {
      try digits(bytes)
    }
    if position < bytes.byteCount, bytes.byte(position) == UInt8(ascii: ".") {
      position &+= 1
      try digits(bytes)
    }
    if position < bytes.byteCount, bytes.byte(position) | 0x20 == UInt8(ascii: "e") {
      position &+= 1
      if position < bytes.byteCount, bytes.byte(position) == 0x2b || bytes.byte(position) == 0x2d {
        position &+= 1
      }
      try digits(bytes)
    }
    return JSONToken(.number, start..<position)
  }

  /// At least one digit.
  @inline(__always)
  private mutating func digits(_ bytes: RawSpan) throws(JSONDefect) {
    guard position < bytes.byteCount else { throw .truncated }
    guard bytes.byte(position) &- 0x30 < 10 else { throw .syntax }
    repeat { position &+= 1 } while position < bytes.byteCount && bytes.byte(position) &- 0x30 < 10
  }
}
