/// Imports point down only, and C stays behind the three wrappers.
enum ImportRule {
  /// What each target of `Sources` may import of the package's own modules.
  static let allowed: [String: Set<String>] = [
    "Digests": ["CCrypto"],
    "KafkaClient": ["CLibrdkafka"],
    "PostgresClient": ["CLibpq"],
    "Teller": ["Digests"],
    "Ledger": ["Teller", "Digests"],
    "TellerKafka": ["Teller", "KafkaClient"],
    "TellerPostgres": ["Teller", "PostgresClient", "Digests"],
    "LedgerPostgres": ["Ledger", "Teller", "TellerPostgres", "PostgresClient"],
    "LedgerKafka": ["Ledger", "Teller", "KafkaClient"],
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

  /// What the engine may take from Foundation all the same: its threads, and what they wait on.
  static let threading = ["Thread", "NSCondition"]

  /// What no target without I/O may touch, whatever it was allowed to import.
  static let inputOutput = ["FileManager", "FileHandle", "URLSession", "Process()"]

  static func violations(in file: SourceFile) -> [Violation] {
    guard file.isSource else { return [] }
    return file.code.enumerated().compactMap { index, line in
      guard let reason = objection(to: line, in: file) else { return nil }
      return Violation(path: file.path, line: index + 1, message: reason)
    }
  }

  private static func objection(to line: String, in file: SourceFile) -> String? {
    let target = file.target
    let isPure = withoutSystem.contains(target)
    if isPure, let word = inputOutput.first(where: { line.contains($0) }) {
      return "\(target) does no I/O: no \(word)"
    }
    guard let module = importedModule(line) else { return nil }
    guard let own = allowed[target] else { return "target \(target) is not in the table of imports" }
    if own.contains(module) || pure.contains(module) { return nil }
    guard system.contains(module) else { return "\(target) may not import \(module)" }
    if target == "Teller", module == "Foundation", usesThreads(file) { return nil }
    return isPure ? "\(target) does no I/O: no import of \(module)" : nil
  }

  private static func usesThreads(_ file: SourceFile) -> Bool {
    file.code.contains { line in threading.contains { line.contains($0) } }
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
