/// What a person types to name a dead letter: where its record stands in the log.
///
/// Written `partition:offset`, such as `3:41`; with the incarnation in front, `2:3:41`, where that is not the first.
public struct DeadLetterID: Hashable, Sendable, CustomStringConvertible {
  /// The topic's life, from 1.
  public let incarnation: Int32
  /// Kafka's partition number.
  public let partition: Int32
  /// The offset.
  public let offset: Int64

  /// An id from its parts.
  public init(incarnation: Int32, partition: Int32, offset: Int64) {
    self.incarnation = incarnation
    self.partition = partition
    self.offset = offset
  }

  /// Reads `partition:offset` or `incarnation:partition:offset`, in decimal digits; nil for anything else.
  public init?(parsing text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let isDecimal = parts.allSatisfy { $0.utf8.allSatisfy { (48...57).contains($0) } }
    guard isDecimal, (2...3).contains(parts.count),
      let incarnation = parts.count == 3 ? Int32(parts[0]) : 1, incarnation > 0,
      let partition = Int32(parts[parts.count - 2]), let offset = Int64(parts[parts.count - 1])
    else { return nil }
    self.init(incarnation: incarnation, partition: partition, offset: offset)
  }

  /// As people type it: the first incarnation is left out.
  public var description: String { incarnation == 1 ? "\(partition):\(offset)" : full }

  /// With the incarnation always, as the header `teller-redrive-of` has it.
  public var full: String { "\(incarnation):\(partition):\(offset)" }
}
