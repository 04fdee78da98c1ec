public import PostgresClient

/// One row of the view `ledger.balance`.
public struct AccountRow: Equatable, Sendable {
  /// The account's id.
  public let account: String
  /// Its currency.
  public let currency: String
  /// In minor units.
  public let balance: Int64
  /// How far below zero the balance may go, in minor units; nil: unlimited.
  public let overdraft: Int64?
  /// How many entries it has.
  public let version: Int64

  /// One account; nil: there is none of this id.
  public static func find(
    _ account: String, on connection: inout Connection
  ) throws(PostgresError) -> AccountRow? {
    var parameters = Parameters(capacity: 256)
    parameters.text(account)
    let rows = try connection.query(LedgerReadStatements.account, parameters)
    return rows.count > 0 ? try AccountRow(rows, 0) : nil
  }

  /// Accounts in bytewise order of their ids.
  ///
  /// - Parameters:
  ///   - prefix: only ids that begin so; empty for all.
  ///   - after: only ids behind this one; empty for all.
  ///   - limit: at most so many.
  public static func list(
    prefix: String, after: String, limit: Int64, on connection: inout Connection
  ) throws(PostgresError) -> [AccountRow] {
    var parameters = Parameters(capacity: 512)
    parameters.text(after)
    parameters.text(prefix)
    parameters.text(end(ofPrefix: prefix))
    parameters.int8(limit)
    let rows = try connection.query(LedgerReadStatements.list, parameters)
    var accounts: [AccountRow] = []
    for row in 0..<rows.count { accounts.append(try AccountRow(rows, row)) }
    return accounts
  }

  /// The first text, in bytewise order, behind all that begin with `prefix`: its last scalar counted up. nil: none
  /// is needed, or none exists.
  static func end(ofPrefix prefix: String) -> String? {
    var scalars = prefix.unicodeScalars
    while let last = scalars.popLast() {
      // UTF-8 sorts as the code points do; those between D7FF and E000 are no scalars.
      let following = last.value == 0xD7FF ? 0xE000 : last.value + 1
      guard let scalar = Unicode.Scalar(following) else { continue }
      scalars.append(scalar)
      return String(scalars)
    }
    return nil
  }

  private init(_ rows: Rows, _ row: Int) throws(PostgresError) {
    account = try rows.text(row, 0)
    currency = try rows.text(row, 1)
    balance = try rows.int8(row, 2)
    overdraft = try rows.isNull(row, 3) ? nil : try rows.int8(row, 3)
    version = try rows.int8(row, 4)
  }
}

/// One row of the view `ledger.entry`, seen from its account.
public struct EntryRow: Equatable, Sendable {
  /// The account's version after it: 1, 2, 3….
  public let version: Int64
  /// In minor units; negative for a debit.
  public let amount: Int64
  /// The account's balance after it.
  public let balanceAfter: Int64
  /// The transfer's idempotency key.
  public let idempotencyKey: UInt128
  /// The topic that the transfer came from.
  public let topic: String
  /// The topic's life.
  public let incarnation: Int32
  /// Kafka's partition number.
  public let partition: Int32
  /// The offset.
  public let offset: Int64

  /// An account's last entries, the latest first.
  public static func last(
    _ limit: Int64, of account: String, on connection: inout Connection
  ) throws(PostgresError) -> [EntryRow] {
    var parameters = Parameters(capacity: 256)
    parameters.text(account)
    parameters.int8(limit)
    let rows = try connection.query(LedgerReadStatements.entries, parameters)
    var entries: [EntryRow] = []
    for row in 0..<rows.count {
      entries.append(
        EntryRow(
          version: try rows.int8(row, 0), amount: try rows.int8(row, 1), balanceAfter: try rows.int8(row, 2),
          idempotencyKey: try rows.uuid(row, 3), topic: try rows.text(row, 4),
          incarnation: try rows.int4(row, 5),
          partition: try rows.int4(row, 6), offset: try rows.int8(row, 7)))
    }
    return entries
  }
}
