public import PostgresClient
internal import Teller
public import TellerPostgres

/// I9: every applied record's debit account hashes to its partition. No SQL text can hash as producers do.
public enum PlacementAudit {
  private static let rowsShown = 10

  private struct Life: Hashable {
    let topic: String
    let incarnation: Int32
  }

  /// Checks all debits of one snapshot; an incarnation whose placement is `unverified` is left out.
  public static func run(on auditor: inout Auditor) throws(PostgresError) -> AuditFinding {
    try auditor.withSession { connection throws(PostgresError) in try run(&connection) }
  }

  private static func run(_ connection: inout Connection) throws(PostgresError) -> AuditFinding {
    let start = ContinuousClock.now
    var lives: [Life: (Partitioner, Int32)] = [:]
    for placement in try RecordedPlacement.all(on: &connection) {
      guard let partitioner = Partitioner(rawValue: placement.partitioner) else { continue }
      let life = Life(topic: placement.topic, incarnation: placement.incarnation)
      lives[life] = (partitioner, placement.partitionCount)
    }
    var violations: Int64 = 0
    var shown: [String] = []
    let rows = try connection.query(PlacementStatements.debits)
    for row in 0..<rows.count {
      let life = Life(topic: try rows.text(row, 0), incarnation: try rows.int4(row, 1))
      guard let (partitioner, count) = lives[life] else { continue }
      let found = try rows.int4(row, 2)
      let expected = try rows.withBytes(row, 3) { partitioner.partition(key: $0, count: count) }
      guard found != expected else { continue }
      violations += 1
      if shown.count < rowsShown { shown.append(try rows.text(row, 4)) }
    }
    return AuditFinding(
      id: "I9", name: "placement", violations: violations, rows: shown, duration: ContinuousClock.now - start)
  }
}
