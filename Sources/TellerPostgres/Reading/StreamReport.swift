public import PostgresClient
public import Teller

/// How a stream stands: its partitions, what became of its records, and the database's history.
public struct StreamReport: Equatable, Sendable {
  /// One partition of the newest incarnation.
  public struct Partition: Equatable, Sendable {
    /// Kafka's partition number.
    public let partition: Int32
    /// The fencing token.
    public let epoch: Int64
    /// The worker process that owns it; empty for none.
    public let owner: String
    /// Where the stream began.
    public let startOffset: Int64
    /// The next offset to decide.
    public let nextOffset: Int64
    /// The next offset whose outcome event is to be published.
    public let publishedOffset: Int64
    /// Why it stands still; nil: it does not.
    public let haltedReason: String?
    /// Why its events are not published further; nil: nothing is known to be wrong.
    public let publishingTrouble: String?
    /// How many decided offsets have no event yet, gaps included: those have none.
    public var unpublished: Int64 { max(0, nextOffset - publishedOffset) }
  }

  /// How many records ended in one way.
  public struct Total: Equatable, Sendable {
    /// `applied`, `rejected`, `duplicate`, `dead`, or `gap` for offsets without a record.
    public let outcome: String
    /// The code, or a gap's cause; nil where there is none.
    public let code: String?
    /// How many offsets, over all incarnations.
    public let records: Int64
  }

  /// Which life of the database decides.
  public struct History: Equatable, Sendable {
    /// Counts up.
    public let number: Int32
    /// Tells two databases of the same count apart.
    public let randomID: UInt128
    /// Why it was raised.
    public let reason: String
  }

  /// The stream as adopted.
  public let stream: StreamIdentity
  /// The newest incarnation's partitions, by number.
  public let partitions: [Partition]
  /// The ends of all records. `applied` is what remains of the decided offsets when all others are subtracted.
  public let totals: [Total]
  /// nil before the first worker.
  public let history: History?
  /// What operators did to its partitions lately, the newest first.
  public let actions: [PartitionAction]

  /// Reads a stream's report; nil: nobody has adopted this topic.
  public static func read(
    topic: String, on connection: inout Connection
  ) throws(PostgresError) -> StreamReport? {
    guard let stream = try stream(topic, &connection) else { return nil }
    return StreamReport(
      stream: stream, partitions: try partitions(stream, &connection),
      totals: try totals(stream, &connection),
      history: try history(&connection), actions: try PartitionAction.latest(of: stream, on: &connection))
  }

  /// The topics that were adopted, in order.
  public static func topics(on connection: inout Connection) throws(PostgresError) -> [String] {
    let rows = try connection.query(ReadStatements.topics)
    var topics: [String] = []
    for row in 0..<rows.count { topics.append(try rows.text(row, 0)) }
    return topics
  }

  /// The newest incarnation of a topic's stream; nil: nobody has adopted it.
  public static func identity(
    topic: String, on connection: inout Connection
  ) throws(PostgresError) -> StreamIdentity? {
    try stream(topic, &connection)
  }

  private static func stream(
    _ topic: String, _ connection: inout Connection
  ) throws(PostgresError) -> StreamIdentity? {
    var parameters = Parameters(capacity: 256)
    parameters.text(topic)
    let rows = try connection.query(ReadStatements.stream, parameters)
    guard rows.count > 0 else { return nil }
    return StreamIdentity(
      id: try rows.int4(0, 0), topic: topic, incarnation: try rows.int4(0, 1), clusterID: try rows.text(0, 2),
      partitionCount: try rows.int4(0, 3), placement: Placement(name: try rows.text(0, 4)) ?? .unverified,
      group: try rows.text(0, 5))
  }

  private static func partitions(
    _ stream: StreamIdentity, _ connection: inout Connection
  ) throws(PostgresError) -> [Partition] {
    var parameters = Parameters(capacity: 256)
    parameters.int4(stream.id)
    parameters.int4(stream.incarnation)
    let rows = try connection.query(ReadStatements.partitions, parameters)
    var partitions: [Partition] = []
    for row in 0..<rows.count {
      partitions.append(
        Partition(
          partition: try rows.int4(row, 0), epoch: try rows.int8(row, 1), owner: try rows.text(row, 2),
          startOffset: try rows.int8(row, 3), nextOffset: try rows.int8(row, 4),
          publishedOffset: try rows.int8(row, 5), haltedReason: try rows.optionalText(row, 6),
          publishingTrouble: try rows.optionalText(row, 7)))
    }
    return partitions
  }

  private static func totals(
    _ stream: StreamIdentity, _ connection: inout Connection
  ) throws(PostgresError) -> [Total] {
    var parameters = Parameters(capacity: 64)
    parameters.int4(stream.id)
    let rows = try connection.query(ReadStatements.totals, parameters)
    var totals: [Total] = []
    for row in 0..<rows.count {
      totals.append(
        Total(
          outcome: try rows.text(row, 0), code: try rows.optionalText(row, 1), records: try rows.int8(row, 2))
      )
    }
    return totals
  }

  private static func history(_ connection: inout Connection) throws(PostgresError) -> History? {
    let rows = try connection.query(ReadStatements.history)
    guard rows.count > 0 else { return nil }
    return History(number: try rows.int4(0, 0), randomID: try rows.uuid(0, 1), reason: try rows.text(0, 2))
  }
}
