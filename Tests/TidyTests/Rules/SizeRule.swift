/// Files near a hundred lines and functions that fit a screen; the numbers stand in `Ratchet`.
enum SizeRule {
  /// Files and functions beyond their limit, and exceptions that are no longer needed.
  static func violations(
    in file: SourceFile, longFiles: [String: Int] = Ratchet.longFiles,
    longFunctions: [String: Int] = Ratchet.longFunctions
  ) -> [Violation] {
    var found: [Violation] = []
    let fileLimit = longFiles[file.path] ?? Ratchet.fileLines
    if file.lineCount > fileLimit {
      found.append(
        Violation(path: file.path, line: 1, message: "\(file.lineCount) lines, at most \(fileLimit)"))
    }
    for function in FunctionScan.functions(in: file) {
      let limit = longFunctions["\(file.path) \(function.name)"] ?? Ratchet.functionLines
      guard function.lines > limit else { continue }
      found.append(
        Violation(
          path: file.path, line: function.line,
          message: "\(function.name) has \(function.lines) lines, at most \(limit)"))
    }
    return found
  }

  /// The value below which `share` of the numbers lie.
  static func percentile(_ share: Double, of numbers: [Int]) -> Int {
    let sorted = numbers.sorted()
    guard let last = sorted.last else { return 0 }
    let index = Int(Double(sorted.count) * share)
    return index < sorted.count ? sorted[index] : last
  }
}

/// Finds functions and their lengths in blanked code.
enum FunctionScan {
  struct Function {
    let name: String
    let line: Int
    let lines: Int
  }

  static func functions(in file: SourceFile) -> [Function] {
    file.code.indices.compactMap { index in
      guard let name = declaredName(file.code[index]) else { return nil }
      guard let end = lastLine(of: file.code, from: index) else { return nil }
      return Function(name: name, line: index + 1, lines: end - index + 1)
    }
  }

  /// `func name`, `init` and the like at the start of a line, after attributes and modifiers.
  static func declaredName(_ line: String) -> String? {
    for word in line.split(whereSeparator: { $0 == " " || $0 == "(" || $0 == "<" }) {
      if word.hasPrefix("init") || word == "deinit" || word == "subscript" {
        return word.hasPrefix("init") && word.count > 5 ? nil : String(word)
      }
      if word == "func" { return name(afterFunc: line) }
      guard modifiers.contains(String(word)) || word.hasPrefix("@") || word == "set)" else { return nil }
    }
    return nil
  }

  private static let modifiers: Set<String> = [
    "public", "package", "internal", "fileprivate", "private", "static", "class", "final", "override",
    "mutating", "nonmutating", "borrowing", "consuming", "convenience", "required", "nonisolated", "isolated",
    "unsafe", "indirect", "prefix", "postfix", "infix", "unsafe)", "nonsending)",
  ]

  private static func name(afterFunc line: String) -> String? {
    guard let keyword = line.firstRange(of: "func ") else { return nil }
    let rest = line[keyword.upperBound...]
    if rest.hasPrefix("`") { return rest.dropFirst().split(separator: "`").first.map(String.init) }
    return rest.split(whereSeparator: { $0 == "(" || $0 == "<" || $0 == " " }).first.map(String.init)
  }

  /// The line of the closing brace; nil for a declaration without a body.
  private static func lastLine(of code: [String], from start: Int) -> Int? {
    var brackets = 0
    var braces = 0
    for index in start..<code.count {
      if index > start, braces == 0, brackets == 0, declaredName(code[index]) != nil { return nil }
      for character in code[index] {
        switch character {
        case "(", "[": brackets += 1
        case ")", "]": brackets -= 1
        // A closure as a default value stands inside the brackets and opens no body.
        case "{" where brackets == 0 || braces > 0: braces += 1
        case "}" where braces > 0:
          braces -= 1
          if braces == 0 { return index }
        case "}" where brackets == 0: return nil
        default: break
        }
      }
    }
    return nil
  }
}
