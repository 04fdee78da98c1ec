public import Ledger
public import Teller

/// The ledger's member of an outcome event.
extension LedgerHandler where Decoder: ~Copyable {
  /// `"balances":null`.
  public static var noEffect: String { BalancesText.none }

  /// Appends the balances after this job, not those after the batch. `LedgerEffects` writes the same from the tables.
  public func appendEffect(_ job: BatchJob<LedgerRequest>, to text: inout [UInt8]) {
    switch job.job {
    case .openAccount(let opening): BalancesText.append(opened: opening.account, to: &text)
    case .transfer(let transfer):
      // Postings are in offset order, and so are the jobs that are asked about.
      while told < postings.count, postings[told].offset < job.offset { told += 1 }
      guard told < postings.count, postings[told].offset == job.offset else {
        return text.append(contentsOf: Self.noEffect.utf8)
      }
      let posting = postings[told].posting
      BalancesText.append(
        debit: BalancesText.Account(
          transfer.debitAccount, balance: posting.debitBalance, version: posting.debitVersion),
        credit: BalancesText.Account(
          transfer.creditAccount, balance: posting.creditBalance, version: posting.creditVersion), to: &text)
    }
  }
}
