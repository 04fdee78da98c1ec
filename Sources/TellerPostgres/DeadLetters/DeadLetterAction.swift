public import PostgresClient

/// One thing that somebody did about a dead letter.
public struct DeadLetterAction: Equatable, Sendable {
  /// The row's number; later ones are higher.
  public let number: Int64
  /// `redrive` or `discard`.
  public let action: String
  /// Who did it.
  public let actor: String
  /// Why.
  public let reason: String
  /// When, in microseconds since 2000-01-01 00:00 UTC.
  public let actedAt: Int64
  /// The number in the sent record's header `teller-redrive-count`; nil for a discard.
  public let redriveCount: Int32?
  /// Where the record was sent; nil for a discard.
  public let target: DeadLetterSummary.Target?
  /// `acknowledged`, `failed` or `unknown`; nil for a discard.
  public let result: String?
  /// What the broker or the client said where it was not acknowledged.
  public let error: String?
  /// What became of the sent record; nil where it is not decided (yet).
  public let outcome: String?
  /// The code of that outcome.
  public let outcomeCode: String?

  /// All actions on one letter, the oldest first.
  public static func all(
    on id: DeadLetterID, topic: String, on connection: inout Connection
  ) throws(PostgresError) -> [DeadLetterAction] {
    var parameters = Parameters(capacity: 256)
    parameters.text(topic)
    parameters.int4(id.incarnation)
    parameters.int4(id.partition)
    parameters.int8(id.offset)
    let rows = try connection.query(DeadLetterStatements.actions, parameters)
    var all: [DeadLetterAction] = []
    for row in 0..<rows.count { all.append(try DeadLetterAction(rows, row)) }
    return all
  }

  private init(_ rows: Rows, _ row: Int) throws(PostgresError) {
    number = try rows.int8(row, 0)
    action = try rows.text(row, 1)
    actor = try rows.text(row, 2)
    reason = try rows.text(row, 3)
    actedAt = try rows.timestamptz(row, 4)
    redriveCount = try rows.optionalInt4(row, 5)
    target = try DeadLetterSummary.Target(rows, row, 6)
    result = try rows.optionalText(row, 9)
    error = try rows.optionalText(row, 10)
    outcome = try rows.optionalText(row, 11)
    outcomeCode = try rows.optionalText(row, 12)
  }
}
