/// Rules that look for words where they do not belong.
enum WordRules {
  /// Every `@unchecked Sendable` and `nonisolated(unsafe)` says why, on its line or right above it.
  static func unexplainedUnchecked(in file: SourceFile) -> [Violation] {
    file.code.indices.compactMap { index in
      let line = file.code[index]
      guard line.contains("@unchecked Sendable") || line.contains("nonisolated(unsafe)") else { return nil }
      // The line's own comment, and the whole blocks of comments right above and right below it.
      let isComment = { (line: String) in !line.allSatisfy { $0 == " " } }
      let above = file.comments[..<index].reversed().prefix(while: isComment)
      let below = file.comments[(index + 1)...].prefix(while: isComment)
      if ([file.comments[index]] + above + below).contains(where: isReason) { return nil }
      return Violation(path: file.path, line: index + 1, message: "unchecked, with no reason beside it")
    }
  }

  /// A remark beside the code, or documentation that speaks of the promise itself.
  private static func isReason(_ comment: String) -> Bool {
    let text = comment.drop { $0 == " " }
    if text.contains("nchecked") || text.contains("nonisolated(unsafe)") { return true }
    return text.hasPrefix("//") && !text.hasPrefix("///") && text.count > 12
  }

  /// No input may crash the process: no `fatalError`, `try!`, `as!` or force unwrap in sources.
  static func crashes(in file: SourceFile) -> [Violation] {
    guard file.isSource else { return [] }
    return file.code.enumerated().compactMap { index, line in
      let word = ["fatalError(", "try!", "as!"].first { line.contains($0) }
      guard let word = word ?? (forceUnwraps(line) ? "a force unwrap" : nil) else { return nil }
      return Violation(path: file.path, line: index + 1, message: "\(word) in Sources")
    }
  }

  /// A `!` right after a name or a closing bracket that is not part of `!=`.
  private static func forceUnwraps(_ line: String) -> Bool {
    let bytes = Array(line.utf8)
    return bytes.indices.dropFirst().contains { index in
      guard bytes[index] == UInt8(ascii: "!") else { return false }
      if index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "=") { return false }
      switch bytes[index - 1] {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: ")"), UInt8(ascii: "]"):
        return true
      default: return false
      }
    }
  }

  /// Tests wait on signals; a sleep is a guess about another thread's speed.
  static func sleeps(in file: SourceFile) -> [Violation] {
    guard file.isTest || file.target.hasSuffix("Kit") else { return [] }
    let calls = [
      "Thread.sleep", "Task.sleep", "usleep(", "nanosleep(", " sleep(", ".sleep(for", ".sleep(until",
    ]
    return file.code.enumerated().compactMap { index, line in
      guard let call = calls.first(where: { line.contains($0) }) else { return nil }
      return Violation(path: file.path, line: index + 1, message: "\(call) in a test: wait on a signal")
    }
  }
}
