/// A Swift file as the rules see it: its path in the repository, and its text taken apart.
struct SourceFile {
  /// From the repository's root, with `/`.
  let path: String
  let text: String
  /// The text with comments and the insides of string literals blanked; same lines, same columns.
  let code: [String]
  /// The comments of each line, blank where there is none.
  let comments: [String]
  /// Every string literal with the line (from 1) that it starts on.
  let literals: [(line: Int, text: String)]

  init(path: String, text: String) {
    self.path = path
    self.text = text
    var lexer = Lexer(text)
    lexer.run()
    code = Self.lines(lexer.code)
    comments = Self.lines(lexer.comments)
    literals = lexer.literals
  }

  /// The target's name: `Sources/Teller/Job/…` is of `Teller`.
  var target: String {
    let parts = path.split(separator: "/")
    return parts.count > 1 ? String(parts[1]) : ""
  }

  var isSource: Bool { path.hasPrefix("Sources/") }
  var isTest: Bool { path.hasPrefix("Tests/") }
  var lineCount: Int { code.last?.isEmpty == true ? code.count - 1 : code.count }

  private static func lines(_ bytes: [UInt8]) -> [String] {
    bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
  }
}

/// One breach of one rule.
struct Violation: CustomStringConvertible {
  let path: String
  let line: Int
  let message: String

  var description: String { "\(path):\(line): \(message)" }
}
