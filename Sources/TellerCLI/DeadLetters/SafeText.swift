/// A record's own bytes for a terminal: what a stranger wrote must not move the cursor, colour the screen or turn the
/// direction of writing.
enum SafeText {
  /// A text on one line; characters that do more than stand there are written as `\u{…}`.
  static func line(_ text: String) -> String {
    var safe = ""
    for scalar in text.unicodeScalars {
      if stands(scalar) {
        safe.unicodeScalars.append(scalar)
      } else {
        safe += "\\u{\(String(scalar.value, radix: 16))}"
      }
    }
    return safe
  }

  /// The bytes as text, where they are UTF-8 in which every character only stands there; else nil.
  static func text(_ bytes: some Collection<UInt8>, allowsLines: Bool) -> String? {
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    let isSafe = text.unicodeScalars.allSatisfy { scalar in
      stands(scalar) || (allowsLines && (scalar == "\n" || scalar == "\t"))
    }
    return isSafe ? text : nil
  }

  /// Bytes on one line: as text, else in hexadecimal digits; beyond `limit` bytes they are cut.
  static func inline(_ bytes: [UInt8]?, limit: Int) -> String {
    guard let bytes else { return "null" }
    if bytes.isEmpty { return "empty" }
    let cut = bytes.count > limit ? "… (\(bytes.count) bytes)" : ""
    if let text = text(bytes, allowsLines: false), cut.isEmpty { return text }
    if let whole = text(bytes, allowsLines: false) { return clipped(whole, limit) + cut }
    return "0x" + bytes.prefix(limit).map { hex($0) }.joined() + cut
  }

  /// The longest beginning of at most so many bytes that ends between characters.
  static func clipped(_ text: String, _ limit: Int) -> String {
    var end = text.startIndex
    var count = 0
    while end < text.endIndex {
      count += text[end].utf8.count
      guard count <= limit else { break }
      end = text.index(after: end)
    }
    return String(text[..<end])
  }

  /// Rows of 16 bytes: where they begin, their digits, and their ASCII characters.
  static func hexDump(_ bytes: some Collection<UInt8>) -> [String] {
    var rows: [String] = []
    var rest = Array(bytes)[...]
    while !rest.isEmpty {
      let row = rest.prefix(16)
      let at = String(row.startIndex, radix: 16)
      let digits = row.map { hex($0) }.joined(separator: " ")
      let signs = row.map { (0x20...0x7E).contains($0) ? String(UnicodeScalar($0)) : "." }.joined()
      rows.append(
        String(repeating: "0", count: max(0, 6 - at.count)) + at + "  " + digits
          + String(repeating: " ", count: 49 - digits.count) + signs)
      rest = rest.dropFirst(16)
    }
    return rows
  }

  private static func hex(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }

  private static func stands(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }
}
