/// One numbered step of a schema, never edited after it was released.
public struct Migration: Sendable {
  /// Its number, from 1 without holes.
  public let number: Int32
  /// What it does, in a word or two.
  public let name: String
  /// The SQL text.
  public let sql: [UInt8]
  /// The lowest schema level a program must know to work with a database in which this step was taken. A step that old
  /// programs can live with keeps the number of the one before, so that two neighbouring releases run side by side.
  public let programMin: Int32

  /// A step from its parts.
  public init(number: Int32, name: String, sql: [UInt8], programMin: Int32) {
    self.number = number
    self.name = name
    self.sql = sql
    self.programMin = programMin
  }
}

/// A schema, who owns it, and the steps that make it.
public struct SchemaHistory: Sendable {
  /// The schema's name.
  public let schema: String
  /// All steps this program knows, in order.
  public let migrations: [Migration]
  /// The oldest schema this program can work with.
  public let schemaMin: Int32

  /// A schema's history.
  public init(schema: String, migrations: [Migration], schemaMin: Int32) {
    self.schema = schema
    self.migrations = migrations
    self.schemaMin = schemaMin
  }

  /// The engine's schema.
  public static let engine = SchemaHistory(
    schema: "teller",
    migrations: [
      Migration(number: 1, name: "engine", sql: PackageResources._01_engine_sql, programMin: 1),
      Migration(number: 2, name: "read contract", sql: PackageResources._02_read_contract_sql, programMin: 1),
      Migration(number: 3, name: "publication", sql: PackageResources._03_publication_sql, programMin: 1),
      Migration(number: 4, name: "dead letters", sql: PackageResources._04_dead_letters_sql, programMin: 1),
      Migration(number: 5, name: "streams", sql: PackageResources._05_streams_sql, programMin: 1),
    ], schemaMin: 5)
}
