import CommandTable
import Foundation
import LedgerPostgres
import PostgresClient
import TellerPostgres

/// `teller audit`: proves from the tables that the books are right.
enum AuditCommand: ProgramCommand {
  static let command = Command(
    ["audit"], summary: "prove that every offset has one outcome and that the books balance",
    discussion: """
      Checks that each partition's offsets are all accounted for, that debits equal credits, and that
      every balance follows from its entries. Only reads, in one snapshot, and may run beside workers.
      Exit code 1: a check failed.
      """,
    example: "teller audit --json", shared: [SharedOptions.stream, SharedOptions.postgres])

  static func run(_ invocation: Invocation, _ output: Output) throws -> ExitCode {
    let topic = try invocation.requiredString("--topic")
    let configuration = try Database.configuration(invocation)
    try Database.check(configuration)
    let findings: [AuditFinding]
    do {
      let snapshot = try AuditSnapshot.take(configuration)
      var auditor = try snapshot.auditor()
      let topics = try auditor.withSession { connection throws(PostgresError) in
        try StreamReport.topics(on: &connection)
      }
      // A misspelt topic would pass for want of anything to check.
      if !topics.contains(topic) { throw KnownStreams.unknown(topic, topics) }
      findings = try AuditLanes(topic: topic).run(on: snapshot, first: auditor)
    } catch let error as PostgresError { throw CommandFailure(error) }
    // JSON is one object at the end.
    if !output.isJSON { for finding in findings { output.raw(finding.line + "\n") } }
    let broken = findings.filter { $0.violations > 0 }
    output.result(
      broken.isEmpty
        ? "the books are right: \(findings.count) invariants hold"
        : "VIOLATED: \(broken.map { "\($0.id) \($0.name)" }.joined(separator: ", "))",
      [
        "ok": .bool(broken.isEmpty), "checked": .integer(Int64(findings.count)),
        "violated": .array(broken.map { .string($0.id) }), "checks": .array(findings.map(\.json)),
      ])
    return broken.isEmpty ? .done : .checkFailed
  }
}

extension AuditFinding {
  /// For people: one line, and one for each row that is shown.
  fileprivate var line: String {
    let seconds = String(format: "%.1f s", duration / .seconds(1))
    guard violations > 0 else { return "ok        \(id) \(name)  \(seconds)" }
    return (["VIOLATED  \(id) \(name): \(violations) rows"] + rows.map { "  \($0)" })
      .joined(separator: "\n")
  }

  /// For programs; `rows` are objects whose fields depend on the check.
  fileprivate var json: JSONValue {
    [
      "id": .string(id), "name": .string(name), "ok": .bool(violations == 0),
      "violations": .integer(violations),
      "rows": .array(rows.map { .json($0) }), "seconds": .number(duration / .seconds(1)),
    ]
  }
}
