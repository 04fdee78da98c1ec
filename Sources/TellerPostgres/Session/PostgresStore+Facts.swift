internal import PostgresClient
public import Teller

/// What the commit that was acknowledged last told: read from answers that are there already, so it costs nothing to ask.
extension PostgresStore {
  /// The answers that tell.
  struct FactTickets {
    /// The batch's row: its history.
    let batch: PostgresTransaction.Ticket
    /// The repeats' rows, where there are any: what was decided first.
    var repeats: PostgresTransaction.Ticket?
    /// The repeats' offsets, in the order in which they were sent.
    var offsets: [Int64] = []
  }

  /// Microseconds from 1970 to PostgreSQL's own epoch, 2000-01-01 00:00 UTC.
  static let epochDistance: Int64 = 946_684_800_000_000

  /// The facts of the commit that was acknowledged last; nil after anything else, and where an answer is not as expected:
  /// the batch is committed, so nothing may fail here.
  public func facts() -> CommitFacts? {
    guard let committedFacts else { return nil }
    do throws(StoreFailure) {
      return try read(committedFacts)
    } catch {
      return nil
    }
  }

  private func read(_ tickets: FactTickets) throws(StoreFailure) -> CommitFacts? {
    let decidedAt = try decidedAt() + Self.epochDistance
    let history = try transaction.read(tickets.batch) { rows throws(PostgresError) in try rows.int4(0, 0) }
    guard let repeats = tickets.repeats else {
      return CommitFacts(history: history, decidedAt: decidedAt, firsts: [])
    }
    let firsts = try transaction.read(repeats) { rows throws(PostgresError) -> [FirstDecision]? in
      guard rows.count == tickets.offsets.count else { return nil }
      var firsts: [FirstDecision] = []
      firsts.reserveCapacity(rows.count)
      for row in 0..<rows.count {
        guard try rows.int8(row, 0) == tickets.offsets[row] else { return nil }
        firsts.append(
          FirstDecision(
            code: try rows.optionalText(row, 1), incarnation: try rows.int4(row, 2),
            partition: try rows.int4(row, 3), offset: try rows.int8(row, 4)))
      }
      return firsts
    }
    return firsts.map { CommitFacts(history: history, decidedAt: decidedAt, firsts: $0) }
  }
}
