internal import PostgresClient

/// One invariant as one SQL text that returns the rows that break it: none, where the books are right.
public struct AuditCheck: Sendable {
  /// Its number in the table of invariants, as in `I4`.
  public let id: String
  /// Its name there.
  public let name: String
  /// The query, over the public views only: anyone can run it. `$1`, where it has one, is the topic of the transfers.
  public let sql: String
  private let takesTopic: Bool

  /// An invariant from its parts.
  /// - Parameter takesTopic: whether the query has `$1`.
  public init(_ id: String, _ name: String, takesTopic: Bool = false, sql: String) {
    self.id = id
    self.name = name
    self.takesTopic = takesTopic
    self.sql = sql
  }

  /// The most rows that are shown of a violation.
  static let rowsShown = 10

  func query(topic: String, on connection: inout Connection) throws(PostgresError) -> Rows {
    let text = """
      select row_to_json(violation)::text, count(*) over () from (
      \(sql)
      ) as violation limit \(Self.rowsShown)
      """
    var parameters = Parameters(capacity: 256)
    if takesTopic { parameters.text(topic) }
    let statement = Statement(
      name: "teller_audit_\(id)", sql: text, parameterTypes: takesTopic ? [.text] : [])
    return try connection.query(statement, parameters)
  }
}

/// What a check found.
public struct AuditFinding: Sendable {
  /// The invariant's number, as in `I4`.
  public let id: String
  /// Its name.
  public let name: String
  /// How many rows break it.
  public let violations: Int64
  /// Up to ten of them, each a JSON object.
  public let rows: [String]
  /// What could not be checked, or is worth knowing and breaks nothing: each a JSON object.
  public let notes: [String]
  /// How long the check took.
  public let duration: Duration

  /// A finding from its parts.
  public init(
    id: String, name: String, violations: Int64, rows: [String], notes: [String] = [], duration: Duration
  ) {
    self.id = id
    self.name = name
    self.violations = violations
    self.rows = rows
    self.notes = notes
    self.duration = duration
  }
}
