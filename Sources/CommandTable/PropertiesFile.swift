/// A `.properties` file, the habit of Kafka's own tools: `key=value` lines, `#` and `!` comments, `\` at the
/// end of a line to go on, and Java's escapes.
///
/// It differs from Java in two ways, both so that a mistake is seen: a repeated key is refused, and blanks at
/// the end of a value do not count.
struct PropertiesFile {
  struct Entry: Equatable {
    let key: String
    let value: String
    let line: Int
  }

  let entries: [Entry]

  init(_ text: String) throws(UsageError) {
    var entries: [Entry] = []
    var lines: [String: Int] = [:]
    for (number, line) in Self.logicalLines(text) {
      let (key, value) = Self.split(line)
      guard let key = Self.unescape(key), let value = Self.unescape(value) else {
        throw Self.refusal(
          number, "a \\u escape lacks its four hexadecimal digits", "write the letter itself")
      }
      if let first = lines[key] {
        throw Self.refusal(number, "\(key) is set twice, first on line \(first)", "keep one of the two lines")
      }
      lines[key] = number
      entries.append(Entry(key: key, value: value, line: number))
    }
    self.entries = entries
  }

  static func refusal(_ line: Int, _ why: String, _ hint: String) -> UsageError {
    UsageError(
      .configurationFile, what: "line \(line) of the configuration file cannot be used", why: why, hint: hint)
  }

  /// Lines without comments and blank ones; a line that ends in a lone backslash goes on in the next.
  private static func logicalLines(_ text: String) -> [(Int, Substring)] {
    var result: [(Int, Substring)] = []
    var begun: (number: Int, text: String)?
    for (index, raw) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
    {
      let line = raw.drop { $0 == " " || $0 == "\t" || $0 == "\u{FEFF}" }
      if begun == nil, line.isEmpty || line.first == "#" || line.first == "!" { continue }
      let goesOn = line.reversed().prefix { $0 == "\\" }.count % 2 == 1
      let joined = (begun?.text ?? "") + (goesOn ? line.dropLast() : line)
      let number = begun?.number ?? index + 1
      begun = goesOn ? (number, joined) : nil
      if !goesOn { result.append((number, joined[...])) }
    }
    if let begun { result.append((begun.number, begun.text[...])) }
    return result
  }

  /// The key ends at the first `=`, `:` or blank that no backslash stands before.
  private static func split(_ line: Substring) -> (Substring, Substring) {
    var isEscaped = false
    let blank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    let end = line.firstIndex { character in
      defer { isEscaped = !isEscaped && character == "\\" }
      return !isEscaped && (character == "=" || character == ":" || blank(character))
    }
    guard let end else { return (line, "") }
    var value = line[end...].drop(while: blank)
    if value.first == "=" || value.first == ":" { value = value.dropFirst().drop(while: blank) }
    while let last = value.last, blank(last) { value = value.dropLast() }
    return (line[..<end], value)
  }

  private static func unescape(_ text: Substring) -> String? {
    guard text.contains("\\") else { return String(text) }
    var result = ""
    var rest = text
    while let character = rest.popFirst() {
      guard character == "\\", let escaped = rest.popFirst() else {
        result.append(character)
        continue
      }
      switch escaped {
      case "n": result.append("\n")
      case "r": result.append("\r")
      case "t": result.append("\t")
      case "f": result.append("\u{0C}")
      case "u":
        guard let code = UInt32(rest.prefix(4), radix: 16), rest.count >= 4, let scalar = Unicode.Scalar(code)
        else { return nil }
        result.unicodeScalars.append(scalar)
        rest = rest.dropFirst(4)
      default: result.append(escaped)
      }
    }
    return result
  }
}
