internal import PostgresClient

/// What surrounds the checks.
enum AuditStatements {
  static let begin = "begin isolation level repeatable read, read only"

  static let export = Statement("teller_audit_export", "select pg_export_snapshot()")

  /// The name is the server's own: digits, capitals and hyphens. Quoted all the same.
  static func join(_ name: String) -> String {
    "set transaction snapshot '\(name.replacing("'", with: "''"))'"
  }

  /// Every check reads whole tables, so every join is a hash join: right also where the statistics are of an empty
  /// table. Nested loops stay possible where a view has a lateral one.
  static let settings = """
    set local statement_timeout = 0; set local lock_timeout = 0;
    set local idle_in_transaction_session_timeout = 0;
    set local work_mem = '256MB'; set local jit = off;
    set local enable_nestloop = off; set local enable_mergejoin = off; set local enable_memoize = off
    """

  static let incarnations = Statement(
    "teller_audit_incarnations",
    """
    select s.topic, i.incarnation, i.partition_count, i.partitioner
      from teller.incarnation i join teller.stream s on s.id = i.stream
    """)
}
