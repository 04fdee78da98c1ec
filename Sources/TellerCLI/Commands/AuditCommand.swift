import CommandTable
import Foundation
import LedgerPostgres
import PostgresClient
import Teller
import TellerPostgres

/// `teller audit`: proves from the tables that the books are right.
enum AuditCommand: ProgramCommand {
  static let command = Command(
    ["audit"], summary: "prove that every offset has one outcome and that the books balance",
    discussion: """
      Checks that each partition's offsets are all accounted for, that debits equal credits, and that
      every balance follows from its entries. Only reads, in one snapshot, and may run beside workers.
      Exit code 1: a check failed.

      With --kafka it also reads the topics: every record of the log has its outcome, every published outcome its
      event and every dead record its dead letter, with the right content and in an order that readers can follow.
      What the topics no longer hold is counted and not judged. Reads each topic once, from begin to end.
      """,
    example: """
      teller audit --json
      teller audit --kafka --brokers localhost:9092
      """, shared: [SharedOptions.kafkaAudit, SharedOptions.postgres])

  static func run(_ invocation: Invocation, _ output: Output) throws -> ExitCode {
    let topic = try invocation.requiredString("--topic")
    let configuration = try Database.configuration(invocation)
    try Database.check(configuration)
    var findings: [AuditFinding]
    do {
      let topicsAudit = try topicsAudit(invocation, topic)
      defer { topicsAudit?.close() }
      let snapshot = try AuditSnapshot.take(configuration)
      var auditor = try snapshot.auditor()
      let topics = try auditor.withSession { connection throws(PostgresError) in
        try StreamReport.topics(on: &connection)
      }
      // A misspelt topic would pass for want of anything to check.
      if !topics.contains(topic) { throw KnownStreams.unknown(topic, topics) }
      findings = try AuditLanes(topic: topic).run(on: snapshot, first: auditor)
      if let topicsAudit {
        var auditor = try snapshot.auditor()
        findings += try topicsAudit.run(&auditor)
        findings.sort { $0.number < $1.number }
      }
    } catch let error as PostgresError {
      throw CommandFailure(error)
    } catch let error as LogFailure {
      throw CommandFailure(error)
    }
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

  /// Looks at the topics, where that is asked for: `--kafka` on the command line, with a property or bare. A property
  /// from the file or the environment asks for nothing.
  private static func topicsAudit(_ invocation: Invocation, _ topic: String) throws -> TopicsAudit? {
    guard invocation.source("--kafka") == .flag else { return nil }
    return try TopicsAudit(Brokers.configuration(invocation), topic: topic)
  }
}

extension AuditFinding {
  fileprivate var number: Int { Int(id.dropFirst()) ?? 0 }

  /// For people: one line, and one for each row that is shown.
  fileprivate var line: String {
    let seconds = String(format: "%.1f s", duration / .seconds(1))
    let noted = notes.map { "  note: \($0)" }
    guard violations > 0 else {
      return (["ok        \(id) \(name)  \(seconds)"] + noted).joined(separator: "\n")
    }
    return (["VIOLATED  \(id) \(name): \(violations) rows"] + rows.map { "  \($0)" } + noted)
      .joined(separator: "\n")
  }

  /// For programs; `rows` are objects whose fields depend on the check.
  fileprivate var json: JSONValue {
    [
      "id": .string(id), "name": .string(name), "ok": .bool(violations == 0),
      "violations": .integer(violations),
      "rows": .array(rows.map { .json($0) }), "notes": .array(notes.map { .json($0) }),
      "seconds": .number(duration / .seconds(1)),
    ]
  }
}
