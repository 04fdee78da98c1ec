/// Where a reader of outcomes stopped: saved by a service beside what it did with the events, it goes on from there
/// without missing one, and without seeing one twice.
public struct OutcomePosition: Equatable, Sendable, Codable {
  /// One partition's part.
  public struct Partition: Equatable, Sendable, Codable {
    /// Kafka's partition number.
    public let partition: Int32
    /// The offset in the outcomes topic to read from. Events that wait behind a hole are read again.
    public let next: Int64
    /// What was taken; nil where nothing was yet.
    public let standing: OutcomeStanding?

    /// A partition's position from its parts.
    public init(partition: Int32, next: Int64, standing: OutcomeStanding?) {
      self.partition = partition
      self.next = next
      self.standing = standing
    }
  }

  /// The input topic.
  public let topic: String
  /// Each partition that was read, ascending.
  public let partitions: [Partition]

  /// A position from its parts.
  public init(topic: String, partitions: [Partition]) {
    self.topic = topic
    self.partitions = partitions
  }

  /// One partition's part.
  public subscript(partition: Int32) -> Partition? { partitions.first { $0.partition == partition } }
}
