public import PostgresClient

/// The generic plan of a statement, as the server would use it whatever the values.
public enum Plan {
  /// Explains a statement with its own parameter types and NULLs for values, in a session of Teller's settings.
  public static func of(_ statement: Statement, _ url: String) throws -> String {
    var connection = try Connection.open(
      PostgresConfiguration(
        url: url, applicationName: "plans", settings: ["plan_cache_mode": "force_generic_plan"]))
    let types = statement.parameterTypes.map(name).joined(separator: ", ")
    let list = types.isEmpty ? "" : "(\(types))"
    try connection.execute("prepare explained\(list) as \(statement.sql)")
    let nulls = statement.parameterTypes.map { _ in "null" }.joined(separator: ", ")
    let rows = try connection.query(
      Statement("explain", "explain (costs off) execute explained\(nulls.isEmpty ? "" : "(\(nulls))")"))
    return try (0..<rows.count).map { try rows.text($0, 0) }.joined(separator: "\n")
  }

  private static func name(_ type: PostgresType) -> String {
    let name = "\(type)"
    return name.hasSuffix("Array") ? String(name.dropLast(5)) + "[]" : name
  }
}
