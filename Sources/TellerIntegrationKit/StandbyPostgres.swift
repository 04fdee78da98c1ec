import PostgresClient

/// A standby of a `TemporaryPostgres`, which it follows by streaming replication until it is promoted.
///
/// A failover in a test: `let standby = try StandbyPostgres(of: primary)`, work on the primary, `awaitReplay()` (or
/// `cutOff()` before the work that is to be lost), `primary.stop(mode: .immediate)`, `promote()`, and
/// `proxy.redirect(to: standby.server)` where workers go through a proxy.
public final class StandbyPostgres: Sendable {
  /// The standby itself; before its promotion it takes reads only, from sessions that ask for a standby.
  public let server: TemporaryPostgres
  private let primary: TemporaryPostgres

  /// Copies the primary, which must have no password, and follows it.
  public init(of primary: TemporaryPostgres) throws {
    self.primary = primary
    server = try TemporaryPostgres(standbyOf: primary)
  }

  /// The URL of one of its databases for a session that takes a standby, too.
  public func readingURL(database: String) -> String {
    server.url(database: database) + "&target_session_attrs=any"
  }

  /// Waits until everything that is committed on the primary now is there on the standby.
  public func awaitReplay(within limit: Duration = .seconds(20)) throws {
    try untilPrimarySays(
      "the standby has caught up", within: limit,
      "select coalesce(bool_and(replay_lsn >= pg_current_wal_flush_lsn()), false) from pg_stat_replication")
  }

  /// Stops following: what the primary commits from now on never arrives.
  public func cutOff() throws {
    try server.reload(settings: ["primary_conninfo": ""])
    try untilPrimarySays(
      "the standby is cut off", within: .seconds(20),
      "select not exists (select from pg_stat_replication)")
  }

  /// Makes it a server of its own, on the next timeline. The primary is the caller's to stop first.
  public func promote() throws { try server.endRecovery() }

  private func untilPrimarySays(_ what: String, within limit: Duration, _ question: String) throws {
    var connection = try primary.connect(primary.url)
    let ask = Statement("ask", "select (\(question)), pg_sleep(0.01)::text")
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end { if try connection.query(ask).bool(0, 0) { return } }
    throw NeverSo(description: "it never came to pass that \(what)")
  }
}
