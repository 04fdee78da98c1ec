internal import PostgresClient

/// The life of the database that a session is in, by the history recorded for it.
///
/// Every session that decides or publishes looks before it does anything else. The order it must keep: 1. a standby is
/// promoted; 2. a writer connects to it; 3. its first batch takes the number of the history that holds. Were the look
/// left to a clock, that batch would bear the number of the life before, and a reader would drop its events as repeats.
struct ServerLife: Equatable {
  /// The number of the history that holds.
  let history: Int32
  /// Why it was raised.
  let reason: String
  /// The number before, where this look raised it.
  let raisedFrom: Int32?

  /// Opens a session and looks at its server.
  /// - Throws: SQLSTATE 25006 where the server is a standby: to be tried again, like a server that is away.
  static func connect(_ configuration: PostgresConfiguration) throws(PostgresError) -> Connection {
    var connection = try Connection.open(configuration)
    _ = try observe(&connection)
    return connection
  }

  /// Looks at the server of a session; raises the history where it is not the one recorded last. Any number of
  /// sessions may look at once.
  static func observe(_ connection: inout Connection) throws(PostgresError) -> ServerLife {
    try ServerLife(connection.query(HistoryStatements.observe))
  }

  /// What `HistoryStatements.observe` answered.
  init(_ rows: Rows) throws(PostgresError) {
    history = try rows.int4(0, 0)
    reason = try rows.text(0, 1)
    raisedFrom = try rows.isNull(0, 2) ? nil : rows.int4(0, 2)
  }
}

/// What one session has seen of the history, so that it tells each raise once, whoever raised it.
struct HistoryNews {
  private var seen: Int32?
  private var untold: String?

  /// A look found this.
  mutating func saw(_ life: ServerLife) {
    // Before the first look there is no former one to compare with, but what that look raised itself.
    if let seen, life.history > seen { untold = life.reason }
    if seen == nil, life.raisedFrom != nil { untold = life.reason }
    seen = life.history
  }

  /// The session raised it itself, and says so by itself.
  mutating func raised(to history: Int32) { seen = history }

  /// The sentence for the log, once.
  mutating func tell() -> String? { untold.take() }
}
