/// What only the database knew of a batch, learned with its commit.
public struct CommitFacts: Equatable, Sendable {
  /// The number of the history in which the batch was decided.
  public let history: Int32
  /// The database's clock at the guard, in microseconds since 1970.
  public let decidedAt: Int64
  /// For each of the batch's repeats, in their order, what was decided first.
  public let firsts: [FirstDecision]

  /// Facts from their parts.
  public init(history: Int32, decidedAt: Int64, firsts: [FirstDecision]) {
    self.history = history
    self.decidedAt = decidedAt
    self.firsts = firsts
  }
}
