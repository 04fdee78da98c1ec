/// One applied transfer: which accounts it touched, and what they are after it.
public struct TransferPosting: Equatable, Sendable {
  /// The debit account's place in the array that was given to `decide`.
  public let debit: Int32
  /// The credit account's place in it.
  public let credit: Int32
  /// In minor units, at least 1.
  public let amount: Int64
  /// The debit account's balance after the transfer.
  public let debitBalance: Int64
  /// The debit account's version after the transfer.
  public let debitVersion: Int64
  /// The credit account's balance after the transfer.
  public let creditBalance: Int64
  /// The credit account's version after the transfer.
  public let creditVersion: Int64
}

/// What the rules say to a transfer.
public enum TransferDecision: Equatable, Sendable {
  /// It was applied to the states.
  case applied(TransferPosting)
  /// It was refused, and no state changed.
  case rejected(LedgerRejection)
}

/// What the rules say to an opening.
public enum OpeningDecision: Equatable, Sendable {
  /// The account starts in this state.
  case opened(AccountState)
  /// It was refused.
  case rejected(LedgerRejection)
}

/// The ledger's rules: loaded accounts and one request in, a decision out. No clock, no I/O, no randomness,
/// so that the worker, the simulator and the replay check run the same code.
public enum LedgerRules {
  /// Decides a transfer, and applies it to the two states where it is not refused.
  ///
  /// `idempotency_key_reused`, which comes first of all codes, is the engine's to find. Allocates nothing.
  /// - Parameters:
  ///   - debit: where the debit account is in `accounts`; nil where no such account exists.
  ///   - credit: the same for the credit account.
  ///   - accounts: the states loaded for the batch.
  public static func decide(
    _ transfer: borrowing Transfer, debit: Int?, credit: Int?, accounts: inout [AccountState]
  ) -> TransferDecision {
    precondition(transfer.amount > 0, "a decoder let an amount pass that is not positive")
    guard let debit else { return .rejected(.debitAccountNotFound) }
    guard let credit else { return .rejected(.creditAccountNotFound) }
    guard debit != credit else { return .rejected(.accountsMustDiffer) }
    let (payer, payee) = (accounts[debit], accounts[credit])
    guard payer.currency == transfer.currency, payee.currency == transfer.currency else {
      return .rejected(.currencyMismatch)
    }
    let paid = payee.balance.addingReportingOverflow(transfer.amount)
    guard !paid.overflow, payer.version < Int64.max, payee.version < Int64.max else {
      return .rejected(.balanceOverflow)
    }
    let left = payer.balance.subtractingReportingOverflow(transfer.amount)
    switch payer.overdraft {
    case .unlimited:
      guard !left.overflow else { return .rejected(.balanceOverflow) }
    case .limit(let limit):
      // What falls out of 64 bits is below every limit. Limits are 0 or more, so `&-` never wraps.
      guard !left.overflow, left.partialValue >= 0 &- limit else { return .rejected(.insufficientFunds) }
    }
    // Debits equal credits: what one side lost, the other has won.
    let sumBefore = Int128(payer.balance) + Int128(payee.balance)
    let sumAfter = Int128(left.partialValue) + Int128(paid.partialValue)
    precondition(sumBefore == sumAfter, "a transfer must not make or lose money")
    accounts[debit].balance = left.partialValue
    accounts[debit].version = payer.version + 1
    accounts[credit].balance = paid.partialValue
    accounts[credit].version = payee.version + 1
    return .applied(
      TransferPosting(
        debit: Int32(debit), credit: Int32(credit), amount: transfer.amount,
        debitBalance: left.partialValue, debitVersion: payer.version + 1,
        creditBalance: paid.partialValue, creditVersion: payee.version + 1))
  }

  /// Decides an opening.
  /// - Parameter existing: where the account is in the batch's array; nil where no such account exists yet.
  public static func decide(_ opening: AccountOpening, existing: Int?) -> OpeningDecision {
    precondition(opening.overdraft >= 0, "a decoder let an overdraft pass that is negative")
    guard existing == nil else { return .rejected(.accountExists) }
    return .opened(
      AccountState(balance: 0, version: 0, overdraft: .limit(opening.overdraft), currency: opening.currency))
  }
}
