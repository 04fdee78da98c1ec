public import PostgresClient
public import Teller

/// One row of the view `teller.outcome`: what became of one offset.
public struct DecidedOutcome: Equatable, Sendable {
  /// Where a record stands in its log.
  public struct Place: Equatable, Sendable {
    /// The topic's life.
    public let incarnation: Int32
    /// Kafka's partition number.
    public let partition: Int32
    /// The offset.
    public let offset: Int64
  }

  /// What a repeat repeats.
  public struct First: Equatable, Sendable {
    /// Where it was decided.
    public let place: Place
    /// `applied` or `rejected`.
    public let outcome: String
    /// The code of a refusal.
    public let code: String?
  }

  /// Where the record stands.
  public let place: Place
  /// `applied`, `rejected`, `duplicate` or `dead`.
  public let outcome: String
  /// The code of a refusal or a dead letter.
  public let code: String?
  /// The text of a natural key; nil for a UUID.
  public let keyText: String?
  /// The decision that a repeat repeats; nil for a first decision and for the dead.
  public let first: First?
  /// The fencing token under which it was decided; nil where the batch is missing.
  public let epoch: Int64?
  /// The sequence number of its batch; nil where the batch is missing.
  public let batch: Int64?
  /// When, in microseconds since 2000-01-01 00:00 UTC; nil where the batch is missing.
  public let decidedAt: Int64?

  /// Dead means undecided: it took no idempotency key.
  public var isDecided: Bool { outcome != "dead" }

  /// All outcomes of a key in a topic, in the serial order, the dead last.
  public static func all(
    of key: IdempotencyKey, topic: String, on connection: inout Connection
  ) throws(PostgresError) -> [DecidedOutcome] {
    var parameters = Parameters(capacity: 256)
    parameters.text(topic)
    parameters.uuid(key.bits)
    let rows = try connection.query(ReadStatements.outcomes, parameters)
    var all: [DecidedOutcome] = []
    for row in 0..<rows.count { all.append(try DecidedOutcome(rows, row)) }
    return all
  }

  private init(_ rows: Rows, _ row: Int) throws(PostgresError) {
    place = Place(
      incarnation: try rows.int4(row, 1), partition: try rows.int4(row, 2), offset: try rows.int8(row, 3))
    keyText = try rows.optionalText(row, 4)
    outcome = try rows.text(row, 5)
    code = try rows.optionalText(row, 6)
    if try rows.isNull(row, 7) {
      first = nil
    } else {
      first = First(
        place: Place(
          incarnation: try rows.int4(row, 7), partition: try rows.int4(row, 8), offset: try rows.int8(row, 9)),
        outcome: try rows.text(row, 10), code: try rows.optionalText(row, 11))
    }
    epoch = try rows.optionalInt8(row, 12)
    batch = try rows.optionalInt8(row, 13)
    decidedAt = try rows.isNull(row, 14) ? nil : try rows.timestamptz(row, 14)
  }
}

extension Rows {
  /// A `text`, nil for NULL.
  func optionalText(_ row: Int, _ column: Int) throws(PostgresError) -> String? {
    try isNull(row, column) ? nil : try text(row, column)
  }

  /// An `int8`, nil for NULL.
  func optionalInt8(_ row: Int, _ column: Int) throws(PostgresError) -> Int64? {
    try isNull(row, column) ? nil : try int8(row, column)
  }
}
