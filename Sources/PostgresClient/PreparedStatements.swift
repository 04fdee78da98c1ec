/// Which statements the server knows, also while answers are outstanding. No I/O.
///
/// Preparing is not undone by a rollback, but it is skipped after an earlier error of the same pipeline
/// segment (up to the next Sync). So a statement counts as prepared only when the server has said so;
/// within the segment where its preparation was sent it may be used (it fails or succeeds with it), in a
/// later segment it is prepared again under another server-side name, since the first may or may not exist.
struct PreparedStatements {
  private enum State: Equatable {
    /// Can become: pending.
    case absent
    /// Sent in this segment. Can become: ready, absent.
    case pending(segment: Int)
    /// The server has it. Can become: absent (the server says that it does not, or that its plan is stale).
    case ready
  }

  private struct Entry {
    let sql: String
    var attempt = 0
    var serverName: String
    var state = State.absent
  }

  /// What to send for a statement.
  struct Plan: Equatable {
    var serverName: String
    var attempt: Int
    var preparesFirst: Bool
  }

  private var entries: [String: Entry] = [:]
  private var segment = 0

  /// A Sync was sent: later statements no longer share the fate of earlier preparations.
  mutating func segmentEnded() { segment &+= 1 }

  /// How to run this statement now. Nothing changes until `sentPreparation`.
  func plan(for statement: Statement) throws(PostgresError) -> Plan {
    guard let entry = entries[statement.name] else {
      return Plan(serverName: statement.name, attempt: 1, preparesFirst: true)
    }
    guard entry.sql == statement.sql else {
      throw .usage(
        "two statements are named \(statement.name)", hint: "Give each text of a statement its own name.")
    }
    switch entry.state {
    case .ready, .pending(segment):
      return Plan(serverName: entry.serverName, attempt: entry.attempt, preparesFirst: false)
    case .absent, .pending:
      let attempt = entry.attempt + 1
      return Plan(serverName: "\(statement.name)#\(attempt)", attempt: attempt, preparesFirst: true)
    }
  }

  /// The preparation of this plan is on its way.
  mutating func sentPreparation(of statement: Statement, _ plan: Plan) {
    entries[statement.name] = Entry(
      sql: statement.sql, attempt: plan.attempt, serverName: plan.serverName,
      state: .pending(segment: segment))
  }

  /// The server has answered a preparation; answers to an older attempt change nothing.
  mutating func answered(_ name: String, attempt: Int, succeeded: Bool) {
    guard entries[name]?.attempt == attempt else { return }
    entries[name]?.state = succeeded ? .ready : .absent
  }

  /// The server refused to run it for a reason that preparing again cures: it is unknown (26000, as after
  /// `DISCARD ALL`), or its result type has changed (0A000, as after a migration).
  mutating func failed(_ name: String, sqlState: String?) {
    guard sqlState == "26000" || sqlState == "0A000", entries[name]?.state == .ready else { return }
    entries[name]?.state = .absent
  }
}
