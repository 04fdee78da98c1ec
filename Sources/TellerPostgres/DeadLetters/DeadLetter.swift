public import PostgresClient
public import Teller

/// A dead letter with all that its record held.
public struct DeadLetter: Equatable, Sendable {
  /// Place, cause and state.
  public let summary: DeadLetterSummary
  /// The record's timestamp in milliseconds since 1970, as its producer or its broker set it; -1 for none.
  public let timestamp: Int64
  /// The record's key; nil for null.
  public let key: [UInt8]?
  /// Its value; nil for null.
  public let value: [UInt8]?
  /// Its own headers in order; nil where the row's are in a form that cannot be read.
  public let headers: [RecordHeader]?

  /// Where the record stands.
  public var id: DeadLetterID { summary.id }

  /// A letter from its parts.
  public init(
    summary: DeadLetterSummary, timestamp: Int64, key: [UInt8]?, value: [UInt8]?, headers: [RecordHeader]?
  ) {
    self.summary = summary
    self.timestamp = timestamp
    self.key = key
    self.value = value
    self.headers = headers
  }

  /// Reads one; nil: there is no such dead letter.
  public static func read(
    _ id: DeadLetterID, topic: String, on connection: inout Connection
  ) throws(PostgresError) -> DeadLetter? {
    var parameters = Parameters(capacity: 256)
    parameters.text(topic)
    parameters.int4(id.incarnation)
    parameters.int4(id.partition)
    parameters.int8(id.offset)
    let rows = try connection.query(DeadLetterStatements.one, parameters)
    guard rows.count > 0 else { return nil }
    let headers = try rows.optionalText(0, 22)
    return DeadLetter(
      summary: try DeadLetterSummary(rows, 0), timestamp: try rows.int8(0, 19),
      key: try rows.optionalBytes(0, 20), value: try rows.optionalBytes(0, 21),
      headers: headers.map { RecordHeaderText.decode($0) } ?? [])
  }
}

/// What was decided under a dead letter's key, by another record that carried it.
public struct KeyDecision: Equatable, Sendable {
  /// Where the record that decided stands.
  public let id: DeadLetterID
  /// `applied` or `rejected`.
  public let outcome: String
  /// The code of a refusal.
  public let code: String?
  /// What that record's request means: another meaning would be refused, the same is a duplicate.
  public let fingerprint: Fingerprint

  /// The decision under a key in a topic; nil: the key is undecided.
  public static func read(
    _ key: IdempotencyKey, topic: String, on connection: inout Connection
  ) throws(PostgresError) -> KeyDecision? {
    var parameters = Parameters(capacity: 256)
    parameters.text(topic)
    parameters.uuid(key.bits)
    let rows = try connection.query(DeadLetterStatements.decision, parameters)
    guard rows.count > 0 else { return nil }
    return KeyDecision(
      id: DeadLetterID(
        incarnation: try rows.int4(0, 0), partition: try rows.int4(0, 1), offset: try rows.int8(0, 2)),
      outcome: try rows.text(0, 3), code: try rows.optionalText(0, 4),
      fingerprint: Fingerprint(bits: try rows.uuid(0, 5), version: try rows.int2(0, 6)))
  }
}
