// What became of one record that was given to a producer.

/// The end of one record's way to the broker.
public struct DeliveryReport: Sendable, Equatable {
  /// How far the record is known to have come.
  public enum Status: Sendable, Equatable {
    /// It was never written: sending it again makes no duplicate.
    case notPersisted
    /// It may have been written: sending it again may make a duplicate.
    case possiblyPersisted
    /// The broker acknowledged it.
    case persisted
  }

  /// The tag given to `produce`.
  public var tag: UInt64
  /// The topic it was sent to, named where it failed; nil on success, so that a name is not copied for each record.
  public var topic: String?
  /// The partition it was sent to.
  public var partition: Int32
  /// Its offset; negative where the broker told none.
  public var offset: Int64
  /// Why it failed; nil on success.
  public var error: KafkaError?
  /// How far it came.
  public var status: Status

  /// Makes a report, as stand-ins for a producer do.
  public init(
    tag: UInt64, topic: String? = nil, partition: Int32, offset: Int64, error: KafkaError?, status: Status
  ) {
    self.tag = tag
    self.topic = topic
    self.partition = partition
    self.offset = offset
    self.error = error
    self.status = status
  }
}
