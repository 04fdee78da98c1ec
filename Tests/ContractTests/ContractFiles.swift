import Foundation
import TellerIntegrationKit

/// The files that services in other languages are given, and the script that checks them.
enum ContractFiles {
  private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  private static let root = tests.deletingLastPathComponent().deletingLastPathComponent()

  static func file(_ name: String) -> URL { URL(fileURLWithPath: root.path + "/Sources/Contract/\(name)") }

  static func document(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// What `contract.py` prints.
  static func check(_ arguments: String...) throws -> [String] {
    try ContractTools.python(tests.appending(path: "contract.py"), arguments)
  }

  /// What a schema says to each text: `valid`, `invalid: …` or `unparsable: …`.
  static func verdicts(of schema: String, on texts: [String]) throws -> [String] {
    let values = FileManager.default.temporaryDirectory.appending(path: "contract-\(UUID().uuidString).json")
    defer { try? FileManager.default.removeItem(at: values) }
    try JSONEncoder().encode(texts).write(to: values)
    return try check("validate", file(schema).path, values.path)
  }
}
