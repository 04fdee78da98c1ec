/// Parts code, comments and string literals of Swift text, byte by byte.
///
/// It knows line and nested block comments, plain, raw and multi-line strings and interpolations; it does not
/// know regex literals, which this code base does not use.
struct Lexer {
  private let text: [UInt8]
  private var position = 0
  private var line = 1
  private(set) var code: [UInt8] = []
  private(set) var comments: [UInt8] = []
  private(set) var literals: [(line: Int, text: String)] = []

  init(_ text: String) {
    self.text = Array(text.utf8)
  }

  mutating func run() {
    while position < text.count { step() }
  }

  private enum Kind { case code, comment, string }

  /// Takes one byte into the column of its kind; line ends go into all of them.
  private mutating func take(as kind: Kind) {
    let byte = text[position]
    position += 1
    let isLineEnd = byte == UInt8(ascii: "\n")
    if isLineEnd { line += 1 }
    let blank = isLineEnd ? byte : UInt8(ascii: " ")
    code.append(kind == .code ? byte : blank)
    comments.append(kind == .comment ? byte : blank)
  }

  private func starts(_ word: String, at offset: Int = 0) -> Bool {
    text[min(position + offset, text.count)...].starts(with: word.utf8)
  }

  private mutating func step() {
    if starts("//") {
      while position < text.count, text[position] != UInt8(ascii: "\n") { take(as: .comment) }
    } else if starts("/*") {
      takeBlockComment()
    } else if let hashes = hashesBeforeQuote() {
      takeString(hashes: hashes)
    } else {
      take(as: .code)
    }
  }

  private mutating func takeBlockComment() {
    var depth = 0
    repeat {
      if starts("/*") {
        depth += 1
        take(as: .comment)
      } else if starts("*/") {
        depth -= 1
        take(as: .comment)
      }
      if position < text.count { take(as: .comment) }
    } while depth > 0 && position < text.count
  }

  /// The number of `#` before a quote that opens here, or nil where no string opens.
  private func hashesBeforeQuote() -> Int? {
    var end = position
    while end < text.count, text[end] == UInt8(ascii: "#") { end += 1 }
    guard end < text.count, text[end] == UInt8(ascii: "\"") else { return nil }
    return end - position
  }

  private mutating func takeString(hashes: Int) {
    let isMultiline = starts("\"\"\"", at: hashes)
    let fence = String(repeating: "#", count: hashes)
    let closing = (isMultiline ? "\"\"\"" : "\"") + fence
    let escape = "\\" + fence
    let firstLine = line
    var content: [UInt8] = []
    for _ in 0..<(hashes + (isMultiline ? 3 : 1)) { take(as: .code) }
    while position < text.count, !starts(closing) {
      if starts(escape + "(") {
        for _ in escape.utf8 { take(as: .string) }
        takeInterpolation()
        content.append(UInt8(ascii: "?"))
      } else {
        if starts(escape) { for _ in escape.utf8 where position < text.count { take(as: .string) } }
        guard position < text.count else { break }
        content.append(text[position])
        take(as: .string)
      }
    }
    for _ in closing.utf8 where position < text.count { take(as: .code) }
    literals.append((firstLine, String(decoding: content, as: UTF8.self)))
  }

  /// Takes `( … )` of an interpolation as code; strings inside are taken apart too.
  private mutating func takeInterpolation() {
    var depth = 0
    repeat {
      if text[position] == UInt8(ascii: "(") { depth += 1 }
      if text[position] == UInt8(ascii: ")") { depth -= 1 }
      step()
    } while depth > 0 && position < text.count
  }
}
