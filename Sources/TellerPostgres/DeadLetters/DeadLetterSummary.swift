internal import PostgresClient
public import Teller

/// A dead letter without its contents: one row of the view `teller.dead_letter_status`.
public struct DeadLetterSummary: Equatable, Sendable {
  /// The last thing that somebody did about it.
  public struct LastAction: Equatable, Sendable {
    /// `redrive` or `discard`.
    public let action: String
    /// `acknowledged`, `failed` or `unknown`; nil for a discard.
    public let result: String?
    /// Who did it.
    public let actor: String
    /// Why.
    public let reason: String
    /// When, in microseconds since 2000-01-01 00:00 UTC.
    public let actedAt: Int64
  }

  /// Where the record stands.
  public let id: DeadLetterID
  /// Why it is dead: one of the documented codes.
  public let code: String
  /// The same in words.
  public let reason: String
  /// The key that it carries and did not take; nil where it could not be read.
  public let idempotencyKey: IdempotencyKey?
  /// The size of the record's key in bytes; nil for null.
  public let keyBytes: Int32?
  /// The size of its value in bytes; nil for null.
  public let valueBytes: Int32?
  /// When it died, in microseconds since 2000-01-01 00:00 UTC; nil where its batch is missing.
  public let decidedAt: Int64?
  /// How it stands.
  public let state: DeadLetterState
  /// Where its record went last: the acknowledged redrive, with the offset where the broker told one.
  public let target: Target?
  /// The last action; nil where there was none.
  public let last: LastAction?

  /// Where a redriven record went.
  public struct Target: Equatable, Sendable {
    /// The topic's life.
    public let incarnation: Int32
    /// Kafka's partition number.
    public let partition: Int32
    /// The offset; nil where it is not known.
    public let offset: Int64?
  }

  init(_ rows: Rows, _ row: Int) throws(PostgresError) {
    id = DeadLetterID(
      incarnation: try rows.int4(row, 0), partition: try rows.int4(row, 1), offset: try rows.int8(row, 2))
    code = try rows.text(row, 3)
    reason = try rows.text(row, 4)
    idempotencyKey =
      try rows.isNull(row, 5)
      ? nil : IdempotencyKey(bits: try rows.uuid(row, 5), text: try rows.optionalText(row, 6))
    keyBytes = try rows.optionalInt4(row, 7)
    valueBytes = try rows.optionalInt4(row, 8)
    decidedAt = try rows.isNull(row, 9) ? nil : try rows.timestamptz(row, 9)
    state = DeadLetterState(rawValue: try rows.text(row, 10)) ?? .open
    target = try Target(rows, row, 11)
    last =
      try rows.isNull(row, 14)
      ? nil
      : LastAction(
        action: try rows.text(row, 14), result: try rows.optionalText(row, 15),
        actor: try rows.text(row, 16), reason: try rows.text(row, 17), actedAt: try rows.timestamptz(row, 18))
  }
}

extension DeadLetterSummary.Target {
  /// Three columns from this one on; nil where they are null.
  init?(_ rows: Rows, _ row: Int, _ column: Int) throws(PostgresError) {
    guard try !rows.isNull(row, column) else { return nil }
    incarnation = try rows.int4(row, column)
    partition = try rows.int4(row, column + 1)
    offset = try rows.optionalInt8(row, column + 2)
  }
}

extension Rows {
  /// An `int4`, nil for NULL.
  func optionalInt4(_ row: Int, _ column: Int) throws(PostgresError) -> Int32? {
    try isNull(row, column) ? nil : try int4(row, column)
  }

  /// A `bytea`, nil for NULL.
  func optionalBytes(_ row: Int, _ column: Int) throws(PostgresError) -> [UInt8]? {
    try isNull(row, column) ? nil : try bytes(row, column)
  }
}
