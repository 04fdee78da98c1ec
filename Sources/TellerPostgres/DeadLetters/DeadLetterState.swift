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

  /// A filter from its parts.
  public init(
    topic: String, code: String? = nil, partition: Int32? = nil, state: DeadLetterState? = nil,
    withinSeconds: Double? = nil
  ) {
    self.topic = topic
    self.code = code
    self.partition = partition
    self.state = state
    self.withinSeconds = withinSeconds
  }
}
