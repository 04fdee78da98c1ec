public import PostgresClient

/// How Teller's sessions are set up.
public enum SessionSettings {
  /// Every application name of Teller begins so; the eviction of frozen sessions looks for it.
  public static let applicationPrefix = "teller "

  /// Settings of every session, each with its reason.
  static let common = [
    // A frozen process must not hold its locks: the read phase ends in a Sync, so this limit is in force while the
    // program decides.
    "idle_in_transaction_session_timeout": "2s",
    "statement_timeout": "10s",
    // Waiting longer than this is retried, with what was waited for looked at anew.
    "lock_timeout": "3s",
    "client_connection_check_interval": "1s",
    // Each statement must see what its locks waited for, whatever the role's default.
    "default_transaction_isolation": "read committed",
    // Plans for arrays of unknown length: index scans, whatever the length. A custom plan for 10,000 keys turns to
    // sequential scans and hash joins, and takes longer to make than a small batch to run.
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",
    "timezone": "UTC",
  ]

  /// A configuration for the sessions of one worker process.
  /// - Parameters:
  ///   - url: the database; nil for libpq's own environment.
  ///   - owner: the process's name as an owner.
  public static func worker(url: String?, owner: String) throws(PostgresError) -> PostgresConfiguration {
    var configuration = try PostgresConfiguration(
      url: url, applicationName: applicationPrefix + owner, settings: common)
    // A stopped server keeps its connections open: without a limit of our own we would wait for ever.
    configuration.deadline = .seconds(30)
    return configuration
  }
}
