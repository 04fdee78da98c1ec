public import TellerPostgres

extension SchemaHistory {
  /// The ledger's schema. It stands on the engine's, which is migrated first.
  public static let ledger = SchemaHistory(
    schema: "ledger",
    migrations: [
      Migration(number: 1, name: "ledger", sql: PackageResources._01_ledger_sql, programMin: 1),
      Migration(number: 2, name: "read contract", sql: PackageResources._02_read_contract_sql, programMin: 1),
      Migration(number: 3, name: "publication", sql: PackageResources._03_publication_sql, programMin: 1),
    ], schemaMin: 3)
}
