/// The first step of decoding: the whole value's syntax in one pass, and where each field's value is.
///
/// It judges nothing that depends on other fields: what a field may be depends on the type, which may come
/// last.
struct RequestScan {
  private var tokens = InlineArray<11, JSONToken>(repeating: JSONToken())
  private(set) var isObject = false
  /// Which fields were given.
  private(set) var given: UInt16 = 0
  /// Which fields were given twice.
  private(set) var givenTwice: UInt16 = 0
  private(set) var hasUnknownField = false
  private(set) var hasRepeatedName = false
  private(set) var hasRefusedText = false
  /// How deep the metadata nest.
  private(set) var metadataDepth = 0
  /// Names that are no field's, to find repeated ones; used only where unknown fields are allowed.
  private var unknownNames: Set<[UInt8]> = []

  /// Where a field's value is; absent where it was not given.
  subscript(field: RequestField) -> JSONToken { tokens[field.rawValue] }

  /// Passes over a value.
  mutating func run(_ bytes: RawSpan) throws(JSONDefect) {
    var scanner = JSONScanner()
    if try scanner.peek(bytes) == UInt8(ascii: "{") {
      isObject = true
      try members(&scanner, bytes)
    } else {
      _ = try scanner.value(bytes)
    }
    scanner.skipWhitespace(bytes)
    guard scanner.position == bytes.byteCount else { throw .trailing }
    hasRefusedText = scanner.refusedText
    if scanner.repeatedName { hasRepeatedName = true }
  }

  @inline(__always)
  private mutating func members(_ scanner: inout JSONScanner, _ bytes: RawSpan) throws(JSONDefect) {
    scanner.position &+= 1
    if try scanner.peek(bytes) == UInt8(ascii: "}") {
      scanner.position &+= 1
      return
    }
    while true {
      let name = try scanner.name(bytes)
      var field = RequestField(name: name.range, in: bytes)
      if name.spelling != .plain || field == nil { field = unusual(name, bytes) }
      scanner.depth = 0
      let value = try scanner.value(bytes)
      if let field { note(field, value, scanner.depth) }
      let byte = try scanner.peek(bytes)
      scanner.position &+= 1
      if byte == UInt8(ascii: "}") { return }
      guard byte == UInt8(ascii: ",") else { throw .syntax }
    }
  }

  @inline(__always)
  private mutating func note(_ field: RequestField, _ value: JSONToken, _ depth: Int) {
    if given & field.bit != 0 {
      givenTwice |= field.bit
      hasRepeatedName = true
    }
    given |= field.bit
    tokens[field.rawValue] = value
    if field == .metadata { metadataDepth = depth }
  }

  /// A name that is written with escapes, or that is no field's.
  @inline(never)
  private mutating func unusual(_ name: JSONToken, _ bytes: RawSpan) -> RequestField? {
    let spelled = bytes.extracting(name.range)
    let text = name.spelling == .plain ? spelled.copy() : JSONEscapes.resolve(spelled)
    if let field = RequestField(name: text) { return field }
    hasUnknownField = true
    if !unknownNames.insert(text).inserted { hasRepeatedName = true }
    return nil
  }
}
