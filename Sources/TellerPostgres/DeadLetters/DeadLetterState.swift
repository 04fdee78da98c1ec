public import PostgresClient

/// How a dead letter stands with the people who look after it.
public enum DeadLetterState: String, CaseIterable, Sendable {
  /// Nobody has closed it. A redrive that failed, or whose end nobody knows, leaves it open.
  case open
  /// Its record was sent again, and the broker has it.
  case redriven
  /// Somebody closed it, with a reason.
  case discarded
}

/// Which dead letters of a topic are meant.
public struct DeadLetterFilter: Equatable, Sendable {
  /// The input topic.
  public var topic: String
  /// The code; nil for all.
  public var code: String?
  /// Kafka's partition number, in every life of the topic; nil for all.
  public var partition: Int32?
  /// The state; nil for all.
  public var state: DeadLetterState?
  /// Only those that died so long ago or later, by the database's clock, in seconds; nil for all.
  public var withinSeconds: Double?
  /// Only those that had died at this time, in microseconds since 2000-01-01 00:00 UTC by the database's clock; nil for
  /// all. A redriven record may die again while others are still being redriven: it is not meant a second time.
  public var diedBy: Int64?

  /// A filter from its parts.
  public init(
    topic: String, code: String? = nil, partition: Int32? = nil, state: DeadLetterState? = nil,
    withinSeconds: Double? = nil, diedBy: Int64? = nil
  ) {
    self.topic = topic
    self.code = code
    self.partition = partition
    self.state = state
    self.withinSeconds = withinSeconds
    self.diedBy = diedBy
  }

  /// The same, of those that have died by now.
  public func now(on connection: inout Connection) throws(PostgresError) -> DeadLetterFilter {
    var filter = self
    filter.diedBy = try connection.query(DeadLetterStatements.clock).timestamptz(0, 0)
    return filter
  }
}
