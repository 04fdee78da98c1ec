public import Ledger
internal import Teller

/// A database in memory with the semantics that the engine relies on, and no others.
///
/// Transactions run one after the other under one lock, which the first round trip takes and the end
/// releases: the strictest order a real server may give. Nothing is visible before a commit. Safe from any
/// thread.
public final class SimulatedDatabase: Sendable {
  private struct Server {
    var tables = SimulatedTables()
    var holder: Int?
    var waiting = 0
    var sessions = 0
    /// Numbers once drawn are gone, whatever becomes of the transaction.
    var sequence: Int64 = 0
    var identity = 1
    var seenIdentity = 1
  }

  /// How long a session waits for a lock before it counts as a conflict.
  static let lockTimeout = Duration.seconds(20)

  private let server = Signal(Server())
  /// What goes wrong.
  public let faults = SimulatedFaults()

  /// An empty database.
  public init() {}

  /// What is committed.
  public var tables: SimulatedTables { server.withLock { $0.tables } }

  /// Changes what is committed, behind everyone's back: seeds, corruptions, a restored backup.
  public func change(_ body: (inout SimulatedTables) -> Void) { server.withLock { body(&$0.tables) } }

  /// Opens an account from outside, with a place of its own in the serial order.
  public func open(
    _ account: String, balance: Int64 = 0, overdraft: Overdraft = .limit(0), currency: Currency
  ) {
    server.withLock { server in
      server.sequence += 1
      let state = AccountState(balance: balance, version: 0, overdraft: overdraft, currency: currency)
      server.tables.open(Array(account.utf8), state, by: server.sequence)
    }
  }

  /// The server is another one from now on, as after a failover.
  public func failOver(to tables: SimulatedTables? = nil) {
    server.withLock { server in
      server.identity += 1
      if let tables { server.tables = tables }
    }
  }

  /// Waits until some session waits for another's lock. False: nobody did in time.
  public func untilSomeoneWaits(within limit: Duration = .seconds(10)) -> Bool {
    server.wait(for: limit) { $0.waiting > 0 ? true : nil } ?? false
  }

  /// Waits until the committed tables are as asked. False: they were not in time.
  public func wait(for limit: Duration = .seconds(20), until isSo: (SimulatedTables) -> Bool) -> Bool {
    server.wait(for: limit) { isSo($0.tables) ? true : nil } ?? false
  }

  func newSession() -> Int {
    server.withLock { server in
      server.sessions += 1
      return server.sessions
    }
  }

  func drawSequence() -> Int64 {
    server.withLock { server in
      server.sequence += 1
      return server.sequence
    }
  }

  /// Whether the server changed since somebody last looked.
  func observe() -> Bool {
    server.withLock { server in
      defer { server.seenIdentity = server.identity }
      return server.seenIdentity != server.identity
    }
  }

  /// Takes the lock and a copy to work on.
  func acquire(_ session: Int) throws(StoreFailure) -> SimulatedTables {
    let isFree = server.withLock { server in
      if server.holder != nil { server.waiting += 1 }
      return server.holder == nil
    }
    let copy = server.wait(for: Self.lockTimeout) { server -> SimulatedTables? in
      guard server.holder == nil else { return nil }
      server.holder = session
      return server.tables
    }
    if !isFree { server.withLock { $0.waiting -= 1 } }
    guard let copy else { throw StoreFailure(.conflict, code: "55P03", message: "lock timeout") }
    return copy
  }

  /// Ends the session's transaction. With tables, they are committed.
  func release(_ session: Int, committing tables: SimulatedTables? = nil) {
    server.withLock { server in
      guard server.holder == session else { return }
      if var tables {
        // Rows of their own, which move while a batch is under way.
        tables.cursors.merge(server.tables.cursors) { _, present in present }
        server.tables = tables
      }
      server.holder = nil
    }
  }
}
