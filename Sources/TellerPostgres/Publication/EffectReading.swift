public import PostgresClient
public import Teller

/// What a handler's own tables still tell of its effects: the members of an outcome event that `JobHandler.appendEffect`
/// would have written, byte for byte the same, for events that are published after a crash.
public protocol EffectReading: Sendable {
  /// What the event says in that place of a job that changed nothing; `JobHandler.noEffect`.
  var noEffect: String { get }

  /// The effects of the applied jobs in a range of a partition, ascending by offset.
  /// - Parameter connection: a session outside of any transaction; only reads.
  func effects(
    in range: Range<Int64>, of partition: PartitionID, on connection: inout Connection
  ) throws(PostgresError) -> [RecordedEffect]
}

/// One applied job's members of its outcome event.
public struct RecordedEffect: Equatable, Sendable {
  /// The record's offset.
  public let offset: Int64
  /// Members of a JSON object, without a comma around them.
  public let text: [UInt8]

  /// An effect from its parts.
  public init(offset: Int64, text: [UInt8]) {
    self.offset = offset
    self.text = text
  }
}
