/// Imports point down only, and C stays behind the three wrappers.
enum ImportRule {
  /// What each target of `Sources` may import of the package's own modules: the table of the design.
  static let allowed: [String: Set<String>] = [
    "Digests": ["CCrypto"],
    "KafkaClient": ["CLibrdkafka"],
    "PostgresClient": ["CLibpq"],
    "Teller": ["Digests"],
    "Ledger": ["Teller", "Digests"],
    "TellerKafka": ["Teller", "KafkaClient"],
    "TellerPostgres": ["Teller", "PostgresClient", "Digests"],
    "LedgerPostgres": ["Ledger", "Teller", "TellerPostgres", "PostgresClient"],
    "CommandTable": [],
    "EventLog": [],
    "TellerCLI": [
      "CommandTable", "EventLog", "Teller", "Ledger", "TellerKafka", "TellerPostgres", "LedgerPostgres",
      "KafkaClient", "PostgresClient", "Digests",
    ],
    "TellerTestKit": ["Teller", "Ledger"],
    "TellerIntegrationKit": ["KafkaClient", "PostgresClient"],
  ]

  /// Modules of the toolchain that are no I/O: every target may import them.
  static let pure: Set<String> = ["Synchronization"]

  /// Modules of the toolchain that reach the system.
  static let system: Set<String> = [
    "Foundation", "FoundationEssentials", "Dispatch", "Glibc", "Musl", "Darwin",
  ]

  /// Targets that do no I/O, so they run in a simulator.
  static let withoutSystem: Set<String> = ["Teller", "Ledger"]

  static func violations(in file: SourceFile) -> [Violation] {
    guard file.isSource else { return [] }
    return file.code.enumerated().compactMap { index, line in
      guard let module = importedModule(line) else { return nil }
      guard let reason = objection(to: module, in: file.target) else { return nil }
      return Violation(path: file.path, line: index + 1, message: reason)
    }
  }

  private static func objection(to module: String, in target: String) -> String? {
    guard let own = allowed[target] else { return "target \(target) is not in the table of imports" }
    if own.contains(module) || pure.contains(module) { return nil }
    guard system.contains(module) else { return "\(target) may not import \(module)" }
    return withoutSystem.contains(target) ? "\(target) does no I/O: no import of \(module)" : nil
  }

  /// The module that a line imports, whatever attributes and access stand before it.
  static func importedModule(_ line: String) -> String? {
    let words = line.split(separator: " ").map(String.init)
    guard let keyword = words.firstIndex(of: "import"), keyword + 1 < words.count else { return nil }
    let before: Set<String> = ["public", "package", "internal", "fileprivate", "private"]
    guard words[..<keyword].allSatisfy({ before.contains($0) || $0.hasPrefix("@") }) else { return nil }
    let kinds: Set<String> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
    let name = kinds.contains(words[keyword + 1]) ? words.last : words[keyword + 1]
    return name?.split(separator: ".").first.map(String.init)
  }
}
