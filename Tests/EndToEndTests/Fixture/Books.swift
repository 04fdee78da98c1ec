import PostgresClient

/// Short questions to the scenario's database, each on a connection of its own, so that a server may be restarted
/// between two of them.
struct Books: Sendable {
  let url: String

  func rows(_ sql: String) throws -> Rows {
    var connection = try Connection.open(PostgresConfiguration(url: url, applicationName: "e2e"))
    return try connection.query(Statement("e2e", sql))
  }

  @discardableResult
  func execute(_ sql: String) throws -> [String] {
    var connection = try Connection.open(PostgresConfiguration(url: url, applicationName: "e2e"))
    return try connection.execute(sql)
  }

  /// The one number that a query with one `int8` column answers.
  func number(_ sql: String) throws -> Int64 {
    let rows = try rows(sql)
    guard rows.count == 1 else { throw ScenarioError("\(rows.count) rows instead of one: \(sql)") }
    return try rows.int8(0, 0)
  }

  /// The first column, all of it text.
  func texts(_ sql: String) throws -> [String] {
    let rows = try rows(sql)
    return try (0..<rows.count).map { try rows.text($0, 0) }
  }
}

extension Rows {
  /// A value, or nil for NULL.
  func optional<Value>(
    _ row: Int, _ column: Int, _ read: (Int, Int) throws(PostgresError) -> Value
  ) throws -> Value? {
    try isNull(row, column) ? nil : try read(row, column)
  }
}
