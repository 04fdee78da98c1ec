internal import PostgresClient

/// What surrounds the checks.
enum AuditStatements {
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
