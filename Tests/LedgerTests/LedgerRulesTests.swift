import Ledger
import Testing

private let euro = "EUR"

/// An account as a test writes it.
private func account(
  _ balance: Int64, version: Int64 = 3, _ overdraft: Overdraft = .limit(0), _ currency: String = euro
) throws -> AccountState {
  AccountState(
    balance: balance, version: version, overdraft: overdraft, currency: try #require(Currency(currency)))
}

private func transfer(_ amount: Int64, _ currency: String = euro) throws -> Transfer {
  Transfer(
    debitAccount: "a", creditAccount: "b", amount: amount, currency: try #require(Currency(currency)))
}

private func decide(
  _ amount: Int64, _ debit: Int?, _ credit: Int?, _ accounts: [AccountState], currency: String = euro
) throws -> TransferDecision {
  var after = accounts
  let decision = LedgerRules.decide(
    try transfer(amount, currency), debit: debit, credit: credit, accounts: &after)
  if case .rejected = decision { #expect(after == accounts, "a refusal changes nothing") }
  return decision
}

@Suite struct `The rules of a transfer` {
  @Test func `move money and count both accounts' versions`() throws {
    var accounts = [try account(100), try account(5, version: 9)]
    let decision = LedgerRules.decide(try transfer(100), debit: 0, credit: 1, accounts: &accounts)
    guard case .applied(let posting) = decision else {
      Issue.record("refused")
      return
    }
    #expect((posting.debit, posting.credit, posting.amount) == (0, 1, 100))
    #expect((posting.debitBalance, posting.debitVersion) == (0, 4))
    #expect((posting.creditBalance, posting.creditVersion) == (105, 10))
    #expect(accounts == [try account(0, version: 4), try account(105, version: 10)])
  }

  @Test func `let an account go down to its overdraft and no further`() throws {
    let accounts = [try account(10, .limit(90)), try account(0)]
    guard case .applied(let posting) = try decide(100, 0, 1, accounts) else {
      Issue.record("refused")
      return
    }
    #expect(posting.debitBalance == -90)
    #expect(try decide(101, 0, 1, accounts) == .rejected(.insufficientFunds))
    // A limit that was lowered leaves an account below it: it may be paid, and not pay.
    let below = [try account(-50, .limit(10)), try account(100)]
    #expect(try decide(1, 0, 1, below) == .rejected(.insufficientFunds))
    guard case .applied = try decide(1, 1, 0, below) else {
      Issue.record("refused")
      return
    }
  }

  @Test func `never refuse an unlimited account for its funds`() throws {
    let accounts = [try account(.min + 1, .unlimited), try account(0)]
    guard case .applied(let posting) = try decide(1, 0, 1, accounts) else {
      Issue.record("refused")
      return
    }
    #expect(posting.debitBalance == .min)
  }

  @Test func `refuse each case with its code, and every code has a row`() throws {
    let (rich, poor, dollar) = (try account(1_000), try account(0), try account(1_000, .limit(0), "USD"))
    let rows: [(LedgerRejection, TransferDecision)] = [
      (.debitAccountNotFound, try decide(1, nil, 0, [rich])),
      (.creditAccountNotFound, try decide(1, 0, nil, [rich])),
      (.accountsMustDiffer, try decide(1, 0, 0, [rich])),
      (.currencyMismatch, try decide(1, 0, 1, [rich, dollar])),
      (.currencyMismatch, try decide(1, 0, 1, [dollar, rich])),
      (.currencyMismatch, try decide(1, 0, 1, [rich, poor], currency: "USD")),
      (.balanceOverflow, try decide(1, 0, 1, [rich, try account(.max)])),
      (.balanceOverflow, try decide(1, 0, 1, [rich, try account(0, version: .max)])),
      (.balanceOverflow, try decide(1, 0, 1, [try account(9, version: .max), poor])),
      (.balanceOverflow, try decide(1, 0, 1, [try account(.min, .unlimited), poor])),
      (.insufficientFunds, try decide(1, 0, 1, [poor, rich])),
      (.insufficientFunds, try decide(.max, 0, 1, [try account(-9, .limit(.max)), poor])),
    ]
    for (code, decision) in rows { #expect(decision == .rejected(code)) }
    // The engine finds reused keys; an opening has its own row below.
    let elsewhere: Set<LedgerRejection> = [.idempotencyKeyReused, .accountExists]
    #expect(Set(rows.map(\.0)).union(elsewhere) == Set(LedgerRejection.allCases))
  }

  @Test func `name the first of two reasons`() throws {
    let dollar = try account(0, .limit(0), "USD")
    let full = try account(.max)
    let poor = try account(0)
    let pairs: [(LedgerRejection, TransferDecision)] = [
      (.debitAccountNotFound, try decide(1, nil, nil, [])),
      (.creditAccountNotFound, try decide(1, 0, nil, [dollar])),
      (.accountsMustDiffer, try decide(1, 0, 0, [dollar])),
      (.accountsMustDiffer, try decide(1, 0, 0, [full])),
      (.accountsMustDiffer, try decide(1, 0, 0, [poor])),
      (.currencyMismatch, try decide(1, 0, 1, [dollar, full])),
      (.currencyMismatch, try decide(1, 0, 1, [dollar, poor])),
      (.balanceOverflow, try decide(1, 0, 1, [poor, full])),
    ]
    for (code, decision) in pairs { #expect(decision == .rejected(code)) }
  }

  @Test func `have codes in the documented order`() {
    #expect(
      LedgerRejection.allCases.map(\.rawValue) == [
        "idempotency_key_reused", "debit_account_not_found", "credit_account_not_found",
        "accounts_must_differ",
        "currency_mismatch", "balance_overflow", "insufficient_funds", "account_exists",
      ])
  }
}

@Suite struct `The rules of an opening` {
  @Test func `start an account at zero with its limit`() throws {
    let opening = AccountOpening(account: "a", currency: try #require(Currency(euro)), overdraft: 70)
    let state = try account(0, version: 0, .limit(70))
    #expect(LedgerRules.decide(opening, existing: nil) == .opened(state))
    #expect(LedgerRules.decide(opening, existing: 0) == .rejected(.accountExists))
  }
}

@Suite struct `A currency` {
  @Test(arguments: ["EUR", "ABCD", "ABCDEFGH"])
  func `is three to eight capital letters`(code: String) {
    #expect(Currency(code)?.code == code)
  }

  @Test(arguments: ["", "EU", "eur", "EU1", "ABCDEFGHI", "EÜR", "EUR "])
  func `is nothing else`(code: String) {
    #expect(Currency(code) == nil)
  }
}
