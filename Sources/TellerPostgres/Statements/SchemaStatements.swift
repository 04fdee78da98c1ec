internal import PostgresClient

/// Statements about the schemas themselves. Schema names are the program's own constants, never input.
enum SchemaStatements {
  static let lock = Statement("teller_migrate_lock", "select pg_advisory_xact_lock(1952541036, 0)")

  static func bootstrap(_ schema: String) -> String {
    """
    create schema if not exists \(schema);
    create table if not exists \(schema).migration (
      number int4 primary key,
      name text not null,
      sha256 bytea not null,
      program_min int4 not null,
      applied_at timestamptz not null default clock_timestamp());
    """
  }

  static func exists(_ schema: String) -> Statement {
    Statement("\(schema)_exists", "select to_regclass('\(schema).migration') is not null")
  }

  static func list(_ schema: String) -> Statement {
    Statement(
      "\(schema)_migrations", "select number, sha256, program_min from \(schema).migration order by number")
  }

  static func taken(_ schema: String) -> Statement {
    Statement(
      "\(schema)_migrated",
      "insert into \(schema).migration (number, name, sha256, program_min) values ($1, $2, $3, $4)",
      .int4, .text, .bytea, .int4)
  }
}
