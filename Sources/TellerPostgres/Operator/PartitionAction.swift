internal import PostgresClient
internal import Teller

/// What an operator did to a partition.
public struct PartitionAction: Equatable, Sendable {
  /// The kinds of action.
  public enum Kind: String, Sendable {
    /// A halt was cleared; nothing moved.
    case resume
    /// Offsets were given up.
    case skip
  }

  /// The topic's life.
  public let incarnation: Int32
  /// Kafka's partition number.
  public let partition: Int32
  /// What was done.
  public let kind: Kind
  /// Where the partition stood.
  public let firstOffset: Int64
  /// The last offset that was given up; nil: none was.
  public let lastOffset: Int64?
  /// The epoch after it.
  public let epoch: Int64
  /// What the partition had been halted for.
  public let haltedReason: String?
  /// Who, and why.
  public let note: OperatorNote
  /// When, in microseconds since 2000-01-01 UTC.
  public let doneAt: Int64

  /// How many are read at most.
  static let latestMax: Int32 = 10

  static func latest(
    of stream: StreamIdentity, on connection: inout Connection
  ) throws(PostgresError) -> [PartitionAction] {
    var parameters = Parameters(capacity: 64)
    parameters.int4(stream.id)
    parameters.int4(latestMax)
    let rows = try connection.query(OperatorStatements.actions, parameters)
    var actions: [PartitionAction] = []
    for row in 0..<rows.count {
      // A kind that a later release adds is not ours to tell of.
      guard let kind = Kind(rawValue: try rows.text(row, 2)) else { continue }
      actions.append(
        PartitionAction(
          incarnation: try rows.int4(row, 0), partition: try rows.int4(row, 1), kind: kind,
          firstOffset: try rows.int8(row, 3), lastOffset: try rows.isNull(row, 4) ? nil : rows.int8(row, 4),
          epoch: try rows.int8(row, 5), haltedReason: try rows.optionalText(row, 6),
          note: OperatorNote(user: try rows.text(row, 7), reason: try rows.text(row, 8)),
          doneAt: try rows.timestamptz(row, 9)))
    }
    return actions
  }
}
