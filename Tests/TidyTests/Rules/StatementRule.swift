/// All SQL of an owner stands in one folder, so that a change of schema has one place to look at.
enum StatementRule {
  /// The folders that may hold SQL.
  static let folders: Set<String> = ["Statements", "Migrations", "Audit", "Views"]

  /// How SQL starts. Command tags such as `INSERT 0 1` do not count: a digit follows.
  private static let verbs = [
    "SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "CREATE ", "ALTER ", "DROP ", "TRUNCATE ", "WITH ",
  ]

  static func violations(in file: SourceFile) -> [Violation] {
    // The integration kit makes and drops whole databases; it owns no schema.
    guard file.isSource, file.target != "TellerIntegrationKit" else { return [] }
    if file.path.split(separator: "/").contains(where: { folders.contains(String($0)) }) { return [] }
    return file.literals.compactMap { literal in
      guard startsLikeSQL(literal.text) else { return nil }
      return Violation(
        path: file.path, line: literal.line,
        message: "SQL outside \(folders.sorted().joined(separator: ", "))")
    }
  }

  static func startsLikeSQL(_ literal: String) -> Bool {
    let text = literal.drop { $0.isWhitespace }
    return verbs.contains { verb in
      guard text.hasPrefix(verb), let next = text.dropFirst(verb.count).first else { return false }
      return !next.isNumber
    }
  }
}
