/// Names say what a thing is: these words say nothing, or only when it was written.
enum NameRule {
  static let banned: Set<String> = [
    "Util", "Utils", "Utility", "Utilities", "Helper", "Helpers", "Manager", "Managers", "New",
  ]

  /// librdkafka's own names for what it is asked to make; they stay recognisable.
  static let exempt: Set<String> = ["NewTopicResource", "NewPartitionsResource"]

  static func violations(in file: SourceFile) -> [Violation] {
    let inPath = file.path.split(whereSeparator: { $0 == "/" || $0 == "." || $0 == "+" })
      .compactMap { bannedWord(in: String($0)) }
      .map { Violation(path: file.path, line: 1, message: "'\($0)' in the path") }
    let inTypes = file.code.enumerated().compactMap { index, line -> Violation? in
      guard let name = declaredType(line), !exempt.contains(name), let word = bannedWord(in: name) else {
        return nil
      }
      return Violation(path: file.path, line: index + 1, message: "'\(word)' in the type's name \(name)")
    }
    return inPath + inTypes
  }

  /// The word of a camel-case name that is banned, if any.
  static func bannedWord(in name: String) -> String? {
    var words: [String] = []
    for character in name {
      if character.isUppercase || words.isEmpty { words.append("") }
      words[words.count - 1].append(character)
    }
    return words.first { banned.contains($0) }
  }

  private static func declaredType(_ line: String) -> String? {
    let kinds: Set<String> = ["struct", "class", "enum", "protocol", "actor", "typealias"]
    let words = line.split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "_" }).map(String.init)
    guard let kind = words.firstIndex(where: kinds.contains), kind + 1 < words.count else { return nil }
    return words[kind + 1]
  }
}
