/// One account to open from the command line.
public struct OpeningOrder: Equatable, Sendable {
  /// Its id: 1 to 128 bytes.
  public let account: String
  /// 3 to 8 capital letters.
  public let currency: String
  /// The opening balance in minor units.
  public let balance: Int64
  /// How far below zero the balance may go, in minor units; nil: unlimited.
  public let overdraft: Int64?

  /// An opening from its parts; the database's constraints check them.
  public init(account: String, currency: String, balance: Int64, overdraft: Int64?) {
    self.account = account
    self.currency = currency
    self.balance = balance
    self.overdraft = overdraft
  }
}

/// What became of a chunk of openings.
public struct OpeningReport: Equatable, Sendable {
  /// Accounts opened.
  public var opened = 0
  /// Accounts that were there, opened with the same currency, balance and overdraft.
  public var existing = 0
  /// Accounts that were there with another currency, opening balance or overdraft: left as they are.
  public var refused: [String] = []

  /// Nothing has happened yet.
  public init() {}
}
