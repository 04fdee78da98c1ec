public import PostgresClient

/// One session that runs checks in a read-only snapshot, beside workers that go on.
public struct Auditor: ~Copyable, Sendable {
  var connection: Connection

  init(connection: consuming Connection) { self.connection = connection }

  /// Connects and takes a snapshot of its own, which lasts as long as the auditor.
  public static func open(_ configuration: PostgresConfiguration) throws(PostgresError) -> Auditor {
    let snapshot = try AuditSnapshot.take(configuration)
    return try snapshot.auditor()
  }

  /// Runs one check.
  /// - Parameter topic: the topic whose applied records are transfers.
  public mutating func run(_ check: AuditCheck, topic: String) throws(PostgresError) -> AuditFinding {
    let start = ContinuousClock.now
    let rows = try check.query(topic: topic, on: &connection)
    var shown: [String] = []
    for row in 0..<rows.count { shown.append(try rows.text(row, 0)) }
    return AuditFinding(
      id: check.id, name: check.name, violations: rows.count > 0 ? try rows.int8(0, 1) : 0, rows: shown,
      duration: ContinuousClock.now - start)
  }

  /// Lends the session for a check that no SQL text can do.
  public mutating func withSession<Result>(
    _ body: (inout Connection) throws(PostgresError) -> Result
  ) throws(PostgresError) -> Result {
    try body(&connection)
  }
}
