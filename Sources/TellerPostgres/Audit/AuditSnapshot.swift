public import PostgresClient

/// One snapshot that several sessions look at, so that checks can run side by side and still agree.
public struct AuditSnapshot: ~Copyable {
  private let configuration: PostgresConfiguration
  private var holder: Connection
  private let name: String

  /// Takes the snapshot; it can be joined as long as this value lives.
  public static func take(_ configuration: PostgresConfiguration) throws(PostgresError) -> AuditSnapshot {
    var holder = try Connection.open(configuration)
    try holder.execute(AuditStatements.begin)
    try holder.execute(AuditStatements.settings)
    let name = try holder.query(AuditStatements.export).text(0, 0)
    return AuditSnapshot(configuration: configuration, holder: holder, name: name)
  }

  private init(configuration: PostgresConfiguration, holder: consuming Connection, name: String) {
    self.configuration = configuration
    self.holder = holder
    self.name = name
  }

  /// A session that sees this snapshot.
  public borrowing func auditor() throws(PostgresError) -> Auditor {
    var connection = try Connection.open(configuration)
    try connection.execute(AuditStatements.begin)
    try connection.execute(AuditStatements.join(name))
    try connection.execute(AuditStatements.settings)
    return Auditor(connection: connection)
  }
}
