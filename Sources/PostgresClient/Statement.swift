/// A prepared statement: prepared on each connection at its first use there.
public struct Statement: Sendable, Hashable {
  /// The name on the server; one name always means one text.
  public let name: String
  /// One SQL statement, with `$1`… for the parameters.
  public let sql: String
  /// The type of each parameter, in order.
  public let parameterTypes: [PostgresType]

  /// A statement of this name and text; `types` are those of `$1`, `$2`… .
  public init(_ name: String, _ sql: String, _ types: PostgresType...) {
    self.init(name: name, sql: sql, parameterTypes: types)
  }

  /// A statement of this name and text, with the types as an array.
  public init(name: String, sql: String, parameterTypes: [PostgresType]) {
    self.name = name
    self.sql = sql
    self.parameterTypes = parameterTypes
  }
}
