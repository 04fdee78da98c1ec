public import PostgresClient

/// Brings a schema up to date, and says whether program and schema can work together.
public final class SchemaMigrator {
  private var connection: Connection

  /// Connects.
  public init(_ configuration: PostgresConfiguration) throws(PostgresError) {
    connection = try Connection.open(configuration)
  }

  /// Takes all missing steps in one transaction; returns their names. Two that run at once take turns.
  public func migrate(_ history: SchemaHistory) throws -> [String] {
    try connection.execute("begin")
    do {
      try connection.execute("set local lock_timeout = 0; set local statement_timeout = 0")
      _ = try connection.query(SchemaStatements.lock)
      try connection.execute(SchemaStatements.bootstrap(history.schema))
      let pending = try SchemaCheck.pending(history, taken: taken(history))
      for step in pending {
        try connection.execute(String(decoding: step.sql, as: UTF8.self))
        var parameters = Parameters()
        parameters.int4(step.number)
        parameters.text(step.name)
        parameters.bytea(SchemaCheck.digest(step))
        parameters.int4(step.programMin)
        _ = try connection.query(SchemaStatements.taken(history.schema), parameters)
      }
      try connection.execute("commit")
      return pending.map { "\(history.schema) \($0.number) \($0.name)" }
    } catch {
      _ = try? connection.execute("rollback")
      throw error
    }
  }

  /// Throws where program and schema do not fit.
  public func check(_ history: SchemaHistory) throws {
    let exists = try connection.query(SchemaStatements.exists(history.schema)).bool(0, 0)
    try SchemaCheck.compatible(history, taken: exists ? taken(history) : [])
  }

  private func taken(_ history: SchemaHistory) throws -> [SchemaCheck.Taken] {
    let rows = try connection.query(SchemaStatements.list(history.schema))
    return try (0..<rows.count).map { row in
      SchemaCheck.Taken(
        number: try rows.int4(row, 0), digest: try rows.bytes(row, 1), programMin: try rows.int4(row, 2))
    }
  }
}
