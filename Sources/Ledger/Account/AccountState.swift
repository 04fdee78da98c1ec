/// How far below zero an account may go.
public enum Overdraft: Hashable, Sendable {
  /// Down to minus this many minor units; 0 or more.
  case limit(Int64)
  /// Without a limit: for `world` and its like, granted only through `teller accounts open`.
  case unlimited
}

/// What the rules know of one account: its locked row and its currency.
public struct AccountState: Equatable, Sendable {
  /// In minor units of the currency.
  public var balance: Int64
  /// The number of entries so far: each applied transfer raises it by one.
  public var version: Int64
  /// How far below zero the balance may go.
  public var overdraft: Overdraft
  /// The one currency of the account.
  public var currency: Currency

  /// A state from its parts.
  public init(balance: Int64, version: Int64, overdraft: Overdraft, currency: Currency) {
    self.balance = balance
    self.version = version
    self.overdraft = overdraft
    self.currency = currency
  }
}
