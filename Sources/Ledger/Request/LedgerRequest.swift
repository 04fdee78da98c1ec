/// What a record asks the ledger to do.
public enum LedgerRequest: Equatable, Sendable {
  /// Move an amount from one account to another.
  case transfer(Transfer)
  /// Open an account, in order with the transfers.
  case openAccount(AccountOpening)

  /// The account whose id the record's key must be: the one that is debited, or opened.
  public var keyAccount: String {
    switch self {
    case .transfer(let transfer): transfer.debitAccount
    case .openAccount(let opening): opening.account
    }
  }
}

/// A movement of money between two accounts of one currency.
public struct Transfer: Sendable {
  /// The id of the account that pays. See `AccountName` on comparing ids.
  public let debitAccount: String
  /// The id of the account that is paid.
  public let creditAccount: String
  /// In minor units, at least 1.
  public let amount: Int64
  /// The currency that both accounts must have.
  public let currency: Currency
  /// What the request says beyond the movement itself; nil where it says nothing more.
  public let detail: TransferDetail?

  /// A transfer from its parts, which the caller has checked: `amount` is at least 1, the ids are valid.
  public init(
    debitAccount: String, creditAccount: String, amount: Int64, currency: Currency,
    detail: TransferDetail? = nil
  ) {
    self.debitAccount = debitAccount
    self.creditAccount = creditAccount
    self.amount = amount
    self.currency = currency
    self.detail = detail
  }
}

/// The optional fields of a transfer, apart from it so that the common one, without them, stays small.
public final class TransferDetail: Sendable {
  /// The service's own reference, at most 256 bytes; part of what the request means.
  public let reference: String?
  /// A JSON object as it was sent, at most 4 KiB; no part of what the request means.
  public let metadata: String?
  /// An RFC 3339 date and time as it was sent: kept, never trusted, no part of what the request means.
  public let requestedAt: String?

  /// The details from their parts, which the caller has checked.
  public init(reference: String? = nil, metadata: String? = nil, requestedAt: String? = nil) {
    self.reference = reference
    self.metadata = metadata
    self.requestedAt = requestedAt
  }
}

/// The opening of an account by a record.
public struct AccountOpening: Sendable {
  /// The id of the account.
  public let account: String
  /// Its one currency.
  public let currency: Currency
  /// How many minor units it may go below zero, at least 0. A record cannot ask for an unlimited overdraft.
  public let overdraft: Int64

  /// An opening from its parts, which the caller has checked: the id is valid, `overdraft` is at least 0.
  public init(account: String, currency: Currency, overdraft: Int64) {
    self.account = account
    self.currency = currency
    self.overdraft = overdraft
  }
}

// Equality is that of the bytes: the synthesised one would equate different ids (see `AccountName`).

extension Transfer: Equatable {
  /// Whether all fields are the same, ids and texts byte by byte.
  public static func == (one: Self, other: Self) -> Bool {
    one.amount == other.amount && one.currency == other.currency
      && one.debitAccount.utf8.elementsEqual(other.debitAccount.utf8)
      && one.creditAccount.utf8.elementsEqual(other.creditAccount.utf8)
      && one.detail == other.detail
  }
}

extension TransferDetail: Equatable {
  /// Whether all texts are the same, byte by byte; absent is not empty.
  public static func == (one: TransferDetail, other: TransferDetail) -> Bool {
    let pairs = [
      (one.reference, other.reference), (one.metadata, other.metadata), (one.requestedAt, other.requestedAt),
    ]
    return pairs.allSatisfy { $0.map { Array($0.utf8) } == $1.map { Array($0.utf8) } }
  }
}

extension AccountOpening: Equatable {
  /// Whether all fields are the same, the id byte by byte.
  public static func == (one: Self, other: Self) -> Bool {
    one.currency == other.currency && one.overdraft == other.overdraft
      && one.account.utf8.elementsEqual(other.account.utf8)
  }
}
