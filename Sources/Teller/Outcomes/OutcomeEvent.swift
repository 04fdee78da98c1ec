/// What became of one record, as the outcomes topic tells it (Teller.docc/Published.md).
public struct OutcomeEvent: Equatable, Sendable {
  /// What became of it.
  public enum Outcome: String, CaseIterable, Sendable {
    /// The effect took place.
    case applied
    /// Refused for good: the key is used up.
    case rejected
    /// The same request was decided before: `first` says how.
    case duplicate
    /// Undecided, for it could not be: the key is free, and the corrected request takes the same one.
    case dead
  }

  /// Where the record is.
  public struct Origin: Hashable, Sendable {
    /// The input topic.
    public let topic: String
    /// Kafka's partition number.
    public let partition: Int32
    /// The record's offset.
    public let offset: Int64

    /// An origin from its parts.
    public init(topic: String, partition: Int32, offset: Int64) {
      self.topic = topic
      self.partition = partition
      self.offset = offset
    }
  }

  /// What became of the record.
  public let outcome: Outcome
  /// Why, for `rejected` and `dead`; else nil.
  public let code: String?
  /// The event's id: a repeat after a crash has the same one. Not checked against the parts it is made of.
  public let id: UInt128
  /// The request's key, where it could be read.
  public let idempotencyKey: IdempotencyKey?
  /// Where the record is.
  public let origin: Origin
  /// The offset of the event before it; nil for the first of its incarnation and partition.
  public let previousOffset: Int64?
  /// Which life of the topic the offset counts in, from 1.
  public let incarnation: Int32
  /// The epoch that decided.
  public let epoch: Int64
  /// The history of the database in which it was decided.
  public let history: History
  /// The record's trace, its bytes as they were sent.
  public let traceParent: [UInt8]?
  /// The Kafka key of the record and of its event: the account that is debited or opened. Nil for null.
  public let recordKey: [UInt8]?
  /// When the database decided, RFC 3339 in UTC.
  public let decidedAt: String
  /// For a `duplicate` and for `idempotency_key_reused`, what was decided first; else nil.
  public let first: FirstDecision?
  /// The event's value, one JSON object, as it was published.
  public let value: [UInt8]
  let members: [JSONMember]

  /// The request as it was sent, JSON; nil where the event has none (the dead, and what the log had lost).
  public var request: [UInt8]? { member("request") }

  /// A member of `value` as it is written, for instance the ledger's `balances`; nil where it is absent or null.
  public func member(_ name: String) -> [UInt8]? {
    guard let member = members.first(where: { $0.name == name }) else { return nil }
    let written = Array(value[member.range])
    return written.elementsEqual("null".utf8) ? nil : written
  }

  /// The event's id in lower case, as its header carries it.
  public var idText: String { IdempotencyKey(bits: id).uuidString }

  /// Its place in the order of its origin partition.
  var place: (Int32, Int32, Int64) { (history.number, incarnation, origin.offset) }
}
