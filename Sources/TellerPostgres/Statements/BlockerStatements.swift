internal import PostgresClient

/// The control connection's statements: who blocks one of our backends, and its end.
enum BlockerStatements {
  /// Only Teller's own sessions of the same role and database, reading from a client that sends nothing. Never one that
  /// waits in SyncRep: ending it would show an unreplicated commit as truth. This process's own sessions count too: one
  /// whose connection broke in mid-pipeline keeps its locks, no limit of the server's ends it, and it is us it blocks.
  private static let frozen = """
    b.application_name like 'teller %' and b.usename = current_user and b.datname = current_database()
    and b.wait_event_type = 'Client' and b.wait_event = 'ClientRead' and b.xact_start is not null
    """

  static let look = Statement(
    "teller_blockers",
    """
    select distinct b.pid, b.backend_start::text, b.xact_start::text, b.state_change::text, b.application_name
      from pg_stat_activity w
      cross join lateral unnest(pg_blocking_pids(w.pid)) as blocker (pid)
      join pg_stat_activity b on b.pid = blocker.pid
     where w.application_name = $1 and w.wait_event_type = 'Lock' and \(frozen)
    """, .text)

  /// Look and signal in one statement: the session must still be the same one, in the same transaction, unchanged, and
  /// still be in the way.
  static let terminate = Statement(
    "teller_evict",
    """
    select pg_terminate_backend(b.pid) from pg_stat_activity b
     where b.pid = $2 and b.backend_start::text = $3 and b.xact_start::text = $4 and b.state_change::text = $5
       and \(frozen)
       and exists (select from pg_stat_activity w
                    where w.application_name = $1 and w.wait_event_type = 'Lock'
                      and b.pid = any (pg_blocking_pids(w.pid)))
    """, .text, .int4, .text, .text, .text)
}
