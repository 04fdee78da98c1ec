// Kafka's request kinds, by number.

/// A kind of request, as Kafka's protocol numbers them.
public struct APIKey: RawRepresentable, Hashable, Sendable, ExpressibleByIntegerLiteral {
  /// The number in the protocol.
  public var rawValue: Int16

  /// A kind by its number.
  public init(rawValue: Int16) { self.rawValue = rawValue }

  /// A kind by its number.
  public init(integerLiteral value: Int16) { rawValue = value }

  /// Writing records.
  public static let produce: APIKey = 0
  /// Reading records.
  public static let fetch: APIKey = 1
  /// Asking for the bounds of a log.
  public static let listOffsets: APIKey = 2
  /// Asking for topics and brokers.
  public static let metadata: APIKey = 3
  /// Committing a group's offsets.
  public static let offsetCommit: APIKey = 8
  /// Reading a group's offsets.
  public static let offsetFetch: APIKey = 9
  /// Asking who coordinates a group.
  public static let findCoordinator: APIKey = 10
  /// Joining a group.
  public static let joinGroup: APIKey = 11
  /// Staying in a group.
  public static let heartbeat: APIKey = 12
  /// Leaving a group.
  public static let leaveGroup: APIKey = 13
  /// Learning a group's assignment.
  public static let syncGroup: APIKey = 14
  /// Getting a producer's id and epoch.
  public static let initProducerID: APIKey = 22
}
