internal import PostgresClient

/// Statements of openings from the command line, beside those of `AccountStatements` that the handler uses too.
enum OpeningStatements {
  /// How accounts were opened: nothing of that ever changes.
  static let find = Statement(
    "ledger_find_openings",
    "select name, currency, opening_balance, opening_overdraft from ledger.account where name = any($1)",
    .textArray)

  /// The number that places the chunk in the serial order. Drawn when all locks are held.
  static let sequence = Statement("ledger_opening_sequence", "select nextval('teller.batch_sequence')")

  /// After many rows: without statistics the first plans would be made for empty tables.
  static let vacuum = ["vacuum (analyze) ledger.account", "vacuum (analyze) ledger.account_balance"]
}
