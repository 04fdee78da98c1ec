public import PostgresClient

extension SessionSettings {
  /// A configuration for a command that a person waits for: it reads, or writes a chunk at a time.
  /// - Parameters:
  ///   - url: the database; nil for libpq's own environment.
  ///   - command: the command's name; part of the application name, by which a frozen one is found and ended.
  ///   - isReading: whether it writes nothing. Such a session may sit still for long, and works on a standby.
  public static func command(
    url: String?, command: String, isReading: Bool
  ) throws(PostgresError) -> PostgresConfiguration {
    var settings = ["jit": "off", "timezone": "UTC", "client_connection_check_interval": "1s"]
    if !isReading {
      // As a worker's: a frozen command must not hold its locks.
      settings["idle_in_transaction_session_timeout"] = "5s"
      settings["lock_timeout"] = "30s"
      settings["default_transaction_isolation"] = "read committed"
    }
    var configuration = try PostgresConfiguration(
      url: url, applicationName: applicationPrefix + command, settings: settings)
    configuration.deadline = .seconds(600)
    return configuration
  }
}
