public import PostgresClient

/// How the producers of one incarnation of a topic place keys.
public struct RecordedPlacement: Sendable {
  /// The topic.
  public let topic: String
  /// Its life.
  public let incarnation: Int32
  /// How many partitions it has.
  public let partitionCount: Int32
  /// The partitioner's name; `unverified` where none was recorded.
  public let partitioner: String

  /// All that are recorded.
  public static func all(on connection: inout Connection) throws(PostgresError) -> [RecordedPlacement] {
    let rows = try connection.query(AuditStatements.incarnations)
    var all: [RecordedPlacement] = []
    for row in 0..<rows.count {
      all.append(
        RecordedPlacement(
          topic: try rows.text(row, 0), incarnation: try rows.int4(row, 1),
          partitionCount: try rows.int4(row, 2),
          partitioner: try rows.text(row, 3)))
    }
    return all
  }
}
