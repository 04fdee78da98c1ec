internal import PostgresClient

/// The engine's statements around the history: which life of the database decides.
enum HistoryStatements {
  /// Raises the history where this is another server than the one recorded last. Refuses a standby with 25006.
  static let observe = Statement(
    "teller_observe_server", "select history, reason, raised_from from teller.observe_server()")

  /// For what no server can know of itself: positions that went back, a snapshot put back in place.
  static let raise = Statement(
    "teller_raise_history",
    """
    insert into teller.history (system_identifier, timeline, reason)
    select (select system_identifier from pg_control_system()),
           substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8), $1
    returning id
    """, .text)
}
