public import PostgresClient
public import Teller

/// One incarnation of a stream, as a person asks for it: what was adopted, how, by whom, and how far it is.
public struct StreamLife: Equatable, Sendable {
  /// What was adopted. The group is the stream's present one.
  public let identity: StreamIdentity
  /// How the start was chosen; nil: adopted by a release that did not record it.
  public let startedFrom: String?
  /// Who chose it; nil as above.
  public let adoptedBy: String?
  /// What a sample of the keys said about the partitioner; nil: none was taken.
  public let keySample: String?
  /// Microseconds since 2000-01-01.
  public let adoptedAt: Int64
  /// The same; nil: it is open.
  public let closedAt: Int64?
  /// By the partition's number.
  public let positions: [RecordedPosition]

  /// All incarnations of a topic's stream, the first one first; empty: nobody has adopted the topic.
  public static func all(
    of topic: String, on connection: inout Connection
  ) throws(PostgresError) -> [StreamLife] {
    var parameters = Parameters(capacity: 256)
    parameters.text(topic)
    let rows = try connection.query(AdoptionStatements.incarnations, parameters)
    var lives: [StreamLife] = []
    for row in 0..<rows.count {
      let identity = StreamIdentity(
        id: try rows.int4(row, 0), topic: topic, incarnation: try rows.int4(row, 1),
        clusterID: try rows.text(row, 2), partitionCount: try rows.int4(row, 3),
        placement: Placement(name: try rows.text(row, 4)) ?? .unverified, group: try rows.text(row, 5))
      lives.append(
        StreamLife(
          identity: identity, startedFrom: try rows.optionalText(row, 6),
          adoptedBy: try rows.optionalText(row, 7), keySample: try rows.optionalText(row, 8),
          adoptedAt: try rows.timestamptz(row, 9),
          closedAt: try rows.isNull(row, 10) ? nil : rows.timestamptz(row, 10),
          positions: try positions(identity, &connection)))
    }
    return lives
  }

  private static func positions(
    _ identity: StreamIdentity, _ connection: inout Connection
  ) throws(PostgresError) -> [RecordedPosition] {
    var parameters = Parameters(capacity: 64)
    parameters.int4(identity.id)
    parameters.int4(identity.incarnation)
    return try RecordedPosition.all(in: connection.query(AdoptionStatements.positions, parameters))
  }
}
