import CommandTable
import Foundation
import Synchronization
import Testing

@testable import TellerCLI

/// What the program prints and how it ends, without a server.
@Suite struct `The program` {
  /// Keeps one stream of output.
  final class Kept: Sendable {
    private let text = Mutex("")
    var all: String { text.withLock { $0 } }
    func add(_ more: String) { text.withLock { $0 += more } }
  }
  let out = Kept()
  let errors = Kept()

  private func run(_ line: String, _ environment: [String: String] = [:]) -> ExitCode {
    let words = line.split(separator: " ").map { String($0) }
    return Program.run(words, environment, sink: { out.add($0) }, errors: { errors.add($0) })
  }

  private func invocation(_ line: String, _ environment: [String: String] = [:]) throws -> Invocation {
    let words = line.split(separator: " ").map { String($0) }
    guard case .run(let invocation) = try Program.table.parse(words, environment: environment) else {
      throw CommandFailure(
        .fatal, code: "no_command", what: "\(line) is help, not a command", meaning: "-", hint: "-")
    }
    return invocation
  }

  @Test func `has a table without flaws, and help of at most 100 columns for each command`() throws {
    #expect(Program.table.flaws.isEmpty)
    for path in [[]] + Program.table.commands.map(\.path) {
      let text = try Program.table.help(for: path)
      #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 }, "\(text)")
    }
  }

  /// An example that the table refuses would be worse than none.
  @Test func `shows only examples that parse`() throws {
    let examples = [Program.table.example] + Program.table.commands.map(\.example)
    let lines = examples.flatMap { $0.split(separator: "\n") }.filter { $0.hasPrefix("teller ") }
    for line in lines {
      let parsed = try Program.table.parse(
        Self.words(line.dropFirst(7)), environment: ["TELLER_BROKERS": "b"])
      guard case .run = parsed else {
        Issue.record("\(line) runs no command")
        continue
      }
    }
    #expect(lines.count > 12)
  }

  /// As a shell would split it: quotes hold words together.
  private static func words(_ line: Substring) -> [String] {
    var words: [String] = []
    for (index, part) in line.split(whereSeparator: { $0 == "'" || $0 == "\"" }).enumerated() {
      words += index % 2 == 1 ? [String(part)] : part.split(separator: " ").map { String($0) }
    }
    return words
  }

  @Test func `prints help and completions, and ends well`() {
    #expect(run("--help") == .done)
    #expect(run("completions bash") == .done)
    #expect(out.all.contains("accounts open") && out.all.contains("complete -F _teller teller"))
    #expect(errors.all.isEmpty)
  }

  @Test func `ends with 2 and three lines where it is used wrongly`() {
    #expect(run("wroker") == .wrongUsage)
    #expect(errors.all.split(separator: "\n").count == 3)
    #expect(errors.all.contains("did you mean teller worker?"))
    #expect(out.all.isEmpty)
  }

  @Test(arguments: [("worker --nope --json", [:]), ("worker --nope", ["TELLER_JSON": "true"])])
  func `gives an error as JSON where JSON is asked for`(line: String, environment: [String: String]) throws {
    #expect(run(line, environment) == .wrongUsage)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(errors.all.utf8)) as? [String: Any])
    let error = try #require(object["error"] as? [String: Any])
    #expect(error["code"] as? String == "unknown_option")
    #expect(error["exit_code"] as? Int == 2)
  }

  @Test(arguments: [
    "accounts open --currency EUR", "accounts open --currency EUR --account a --count 2",
    "accounts open --currency eur --account a", "produce --brokers b --duplicates 60% --poison 0.5",
    "produce f --brokers b --count 5", "produce --brokers b --accounts 1", "produce --brokers b --currency E",
    "broker --topic transfers", "broker --topic transfers:0", "broker --topic a/b:1", "broker", "worker",
  ])
  func `refuses options that contradict one another or break a limit`(line: String) {
    #expect(run(line) == .wrongUsage)
    #expect(errors.all.split(separator: "\n").count == 3)
  }

  @Test func `reads what accounts open and produce are to do`() throws {
    let open = try AccountsOpenCommand.Settings(
      invocation("accounts open --account world --currency EUR --overdraft unlimited"))
    #expect(open.ids == .one("world") && open.overdraft == nil)
    let many = try AccountsOpenCommand.Settings(
      invocation("accounts open --count 5 --balance 7 --currency EUR"))
    #expect(many.ids == .numbered(prefix: "acct-", count: 5) && many.overdraft == 0 && many.balance == 7)
    let environment = ["TELLER_BROKERS": "b"]
    #expect(try ProduceCommand.Source(invocation("produce -", environment)) == .file("-"))
    let line = "produce --count 5 --seed 9 --duplicates 50% --hot 0.25"
    guard case .generated(let settings) = try ProduceCommand.Source(invocation(line, environment)) else {
      Issue.record("not generated")
      return
    }
    #expect(settings.count == 5 && settings.seed == 9 && settings.duplicates == 0.5 && settings.hot == 0.25)
  }

  @Test func `writes JSON that readers accept`() throws {
    let value: JSONValue = [
      "a": [1, true, nil, "q\"\\\n\u{1}é"], "b": .number(1.5), "c": .number(.nan), "d": [:],
    ]
    let object = try #require(try JSONSerialization.jsonObject(with: Data(value.text.utf8)) as? [String: Any])
    #expect((object["a"] as? [Any])?[3] as? String == "q\"\\\n\u{1}é")
    #expect(object["c"] is NSNull)
  }
}
