/// A part of one committed batch as the tables tell it: what a publisher reads after a crash, when the memory of the
/// batch is gone.
public struct DecidedStretch: Sendable {
  /// What the tables say of one offset.
  public struct Row: Sendable {
    /// The record's offset.
    public let offset: Int64
    /// What became of it.
    public let told: Told
    /// The idempotency key, where it could be read.
    public let key: IdempotencyKey?
    /// The handler's members of the event's JSON object (see `JobHandler.appendEffect`); empty where it has none.
    public let effect: [UInt8]

    /// A row from its parts.
    public init(offset: Int64, told: Told, key: IdempotencyKey?, effect: [UInt8]) {
      self.offset = offset
      self.told = told
      self.key = key
      self.effect = effect
    }
  }

  /// The offsets it covers, gaps included.
  public let range: Range<Int64>
  /// The epoch that decided.
  public let epoch: Int64
  /// The number of the history that decided.
  public let history: Int32
  /// The database's clock at the guard, in microseconds since 1970.
  public let decidedAt: Int64
  /// Its decided offsets, ascending, each once.
  public let rows: [Row]
  /// The dead among them, whole, ascending.
  public let dead: [DeadRecord]

  /// A stretch from its parts.
  public init(
    range: Range<Int64>, epoch: Int64, history: Int32, decidedAt: Int64, rows: [Row], dead: [DeadRecord]
  ) {
    self.range = range
    self.epoch = epoch
    self.history = history
    self.decidedAt = decidedAt
    self.rows = rows
    self.dead = dead
  }
}
