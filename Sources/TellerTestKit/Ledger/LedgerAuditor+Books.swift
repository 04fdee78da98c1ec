import Ledger
import Teller

/// I1, I2, I3, I10 and I11: what the accounts and the journal say about each other.
extension LedgerAuditor {
  func checkBalances() {
    let held = tables.accounts.values.reduce(Int128(0)) { $0 + Int128($1.state.balance) }
    let opened = tables.accounts.values.reduce(Int128(0)) { $0 + Int128($1.openingBalance) }
    expect("I1", held == opened, "all balances sum to \(held), all opening balances to \(opened)")
    for id in tables.accounts.keys.sorted() {
      guard let account = tables.accounts[id] else { continue }
      checkBalance(id, account, legs[id] ?? [])
      checkChain(id, account, legs[id] ?? [])
    }
    for id in legs.keys.sorted() {
      expect("I6", tables.accounts[id] != nil, "there are entries of an account \(id) that does not exist")
    }
  }

  private func checkBalance(_ id: Int32, _ account: SimulatedAccount, _ legs: [Leg]) {
    let sum = legs.reduce(account.openingBalance) { $0 + $1.amount }
    let state = account.state
    expect("I2", state.balance == sum, "\(name(id)) holds \(state.balance), its entries say \(sum)")
    expect(
      "I2", state.version == legs.count, "\(name(id)) has version \(state.version) and \(legs.count) entries")
    guard case .limit(let limit) = state.overdraft else { return }
    expect("I3", state.balance >= -limit, "\(name(id)) stands at \(state.balance)")
    for leg in legs {
      expect("I3", leg.after >= -limit, "\(name(id)) stood at \(leg.after) after \(leg.location)")
    }
  }

  private func checkChain(_ id: Int32, _ account: SimulatedAccount, _ legs: [Leg]) {
    var balance = account.openingBalance
    var debits: [PartitionID: Int64] = [:]
    for (index, leg) in legs.enumerated() {
      balance += leg.amount
      expect("I10", leg.version == index + 1, "\(name(id)): version \(leg.version) at place \(index + 1)")
      expect("I10", leg.after == balance, "\(name(id)): \(leg.after) after \(leg.version), not \(balance)")
      guard leg.amount < 0 else { continue }
      let last = debits[leg.location.partition] ?? -1
      expect(
        "I11", leg.location.offset > last, "\(name(id)): debit of \(leg.location) follows offset \(last)")
      debits[leg.location.partition] = leg.location.offset
    }
  }
}
