import Foundation
import Testing

/// Each rule is seen to fail once: a check that cannot fail is worse than none.
@Suite struct `The rules` {
  private func source(_ text: String, at path: String = "Sources/Teller/Job/Job.swift") -> SourceFile {
    SourceFile(path: path, text: text)
  }

  @Test(arguments: [
    "import CLibpq", "public import CLibrdkafka", "internal import KafkaClient", "import Foundation",
    "@preconcurrency import Dispatch", "import struct Foundation.URL",
  ])
  func `refuse an import that points up, sideways or to C`(line: String) {
    #expect(ImportRule.violations(in: source(line)).count == 1)
  }

  @Test(arguments: [
    "import Digests", "import Synchronization", "// import CLibpq", "let text = \"import CLibpq\"",
  ])
  func `allow an import that points down`(line: String) {
    #expect(ImportRule.violations(in: source(line)).isEmpty)
  }

  @Test func `let the engine have threads, and no I/O`() {
    #expect(ImportRule.violations(in: source("import Foundation\nlet a = Thread {}")).isEmpty)
    #expect(ImportRule.violations(in: source("let a = FileManager.default")).count == 1)
    let ledger = source("import Foundation\nlet a = Thread {}", at: "Sources/Ledger/A.swift")
    #expect(ImportRule.violations(in: ledger).count == 1)
  }

  @Test func `refuse a target that nobody entered in the table`() {
    #expect(ImportRule.violations(in: source("import Teller", at: "Sources/Fresh/A.swift")).count == 1)
  }

  @Test func `count the lines of functions and files`() {
    let body = String(repeating: "  work()\n", count: Ratchet.functionLines)
    let long = source("protocol P {\n  func short()\n}\nfunc long(a: () -> Int = { 1 }) {\n\(body)}\n")
    let found = SizeRule.violations(in: long)
    #expect(found.map(\.line) == [4])
    #expect(SizeRule.violations(in: long, longFunctions: ["\(long.path) long": 100]).isEmpty)
    let file = source(String(repeating: "\n", count: Ratchet.fileLines + 1))
    #expect(SizeRule.violations(in: file).count == 1)
    #expect(SizeRule.percentile(0.5, of: [1, 2, 3, 4, 100]) == 3)
    #expect(SizeRule.percentile(0.9, of: [1, 2, 3, 4, 100]) == 100)
  }

  @Test func `find a function that starts with init or has a sentence for a name`() {
    #expect(FunctionScan.declaredName("  public convenience init?(a: Int) {") == "init?")
    #expect(FunctionScan.declaredName("  @Test func `says so`() {") == "says so")
    #expect(FunctionScan.declaredName("  initialise(a)") == nil)
    #expect(FunctionScan.declaredName("  let x = init(a)") == nil)
  }

  @Test(arguments: ["final class A: @unchecked Sendable {}", "/// Says what.\nnonisolated(unsafe) var a = 1"])
  func `refuse an unchecked promise without a reason`(text: String) {
    #expect(WordRules.unexplainedUnchecked(in: source(text)).count == 1)
  }

  @Test func `accept an unchecked promise with its reason`() {
    let text = "// @unchecked: only touched under the lock.\nfinal class A: @unchecked Sendable {}"
    #expect(WordRules.unexplainedUnchecked(in: source(text)).isEmpty)
    let below = "final class A: @unchecked Sendable {\n  // Unchecked: set once.\n}"
    #expect(WordRules.unexplainedUnchecked(in: source(below)).isEmpty)
    let documented = "/// Shared. Unchecked because of the lock.\nfinal class A: @unchecked Sendable {}"
    #expect(WordRules.unexplainedUnchecked(in: source(documented)).isEmpty)
  }

  @Test(arguments: [
    "fatalError(\"no\")", "let a = try! b()", "let a = b as! C", "let a = b!", "let a = b[0]!.c", "f()!.g()",
    "\"\\(name!)\"",
  ])
  func `refuse a crash in sources`(line: String) {
    #expect(WordRules.crashes(in: source(line)).count == 1)
    #expect(WordRules.crashes(in: source(line, at: "Tests/TellerTests/A.swift")).isEmpty)
  }

  @Test(arguments: [
    "if a != b {}", "if !a {}", "// try! nothing", "\"wait!\"", "\"\"\"\nfatalError()!\n\"\"\"",
  ])
  func `see no crash in comparisons, comments and strings`(line: String) {
    #expect(WordRules.crashes(in: source(line)).isEmpty)
  }

  @Test(arguments: [
    "Thread.sleep(forTimeInterval: 1)", "try await Task.sleep(for: .seconds(1))", "usleep(5)",
  ])
  func `refuse a sleep in tests`(line: String) {
    #expect(WordRules.sleeps(in: source(line, at: "Tests/TellerTests/A.swift")).count == 1)
    #expect(WordRules.sleeps(in: source(line, at: "Sources/TellerTestKit/A.swift")).count == 1)
    #expect(WordRules.sleeps(in: source(line)).isEmpty)
  }

  @Test func `refuse names that say nothing`() {
    #expect(NameRule.violations(in: source("struct ConnectionManager {}")).count == 1)
    #expect(NameRule.violations(in: source("", at: "Sources/Teller/Utils/A.swift")).count == 1)
    #expect(NameRule.violations(in: source("", at: "Sources/Teller/DateHelpers.swift")).count == 1)
    #expect(NameRule.violations(in: source("struct Newline {}")).isEmpty)
  }

  @Test func `refuse SQL outside its folders`() {
    let text = "let sql = \"\"\"\n  SELECT 1\n  FROM a\n  \"\"\"\nlet b = \"UPDATE a SET b = 1\""
    #expect(StatementRule.violations(in: source(text)).map(\.line) == [5])
    #expect(StatementRule.violations(in: source("let a = \"SELECT a FROM b\"")).count == 1)
    let inFolder = source(text, at: "Sources/TellerPostgres/Statements/A.swift")
    #expect(StatementRule.violations(in: inFolder).isEmpty)
    #expect(!StatementRule.startsLikeSQL("INSERT 0 1"))
    #expect(!StatementRule.startsLikeSQL("Selects a row"))
  }

  @Test func `refuse a folder of one machine`() {
    let folder = TreeRules.machineFolders[0]
    #expect(TreeRules.machinePaths(in: "a\ncd \(folder)main", path: "deploy/x").map(\.line) == [2])
    #expect(TreeRules.machinePaths(in: "cd ../work", path: "deploy/x").isEmpty)
  }

  @Test func `find a tracked file in git's index`() {
    #expect(TreeRules.tracks("Package.resolved", index: Data("DIRC..Package.resolved..".utf8)))
    #expect(!TreeRules.tracks("Package.resolved", index: Data("DIRC..Package.swift".utf8)))
  }
}
