/// Why a request was refused: the documented codes, in the order in which they take precedence.
///
/// The raw value is the code that is stored and published, so it never changes. A refusal is final: the same
/// key sent again is answered with it.
public enum LedgerRejection: String, CaseIterable, Sendable {
  /// The key was decided before, for a request that means something else. Decided by the engine.
  case idempotencyKeyReused = "idempotency_key_reused"
  /// No account has the debit account's id.
  case debitAccountNotFound = "debit_account_not_found"
  /// No account has the credit account's id.
  case creditAccountNotFound = "credit_account_not_found"
  /// The same account is debited and credited.
  case accountsMustDiffer = "accounts_must_differ"
  /// The currency is not that of both accounts.
  case currencyMismatch = "currency_mismatch"
  /// A balance or a version would leave the range of 64 bits.
  case balanceOverflow = "balance_overflow"
  /// The debit account would go below its overdraft limit.
  case insufficientFunds = "insufficient_funds"
  /// An opening names an account that exists.
  case accountExists = "account_exists"
}
