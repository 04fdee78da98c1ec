internal import Ledger
internal import Teller

extension SimulatedEffects {
  /// The ledger's: balances out of the journal, and of openings.
  public static let ledger = SimulatedEffects(none: BalancesText.none) { tables, place in
    var text: [UInt8] = []
    func account(
      _ id: Int32, _ after: (balance: Int64, version: Int64)
    ) -> BalancesText.Account {
      let name = String(decoding: tables.accounts[id]?.name ?? [], as: UTF8.self)
      return BalancesText.Account(name, balance: after.balance, version: after.version)
    }
    if let entry = tables.journal.first(where: { $0.location == place }) {
      BalancesText.append(
        debit: account(entry.debit, entry.debitAfter), credit: account(entry.credit, entry.creditAfter),
        to: &text)
      return text
    }
    guard let opened = tables.accounts.values.first(where: { $0.openedAt == place }) else { return nil }
    BalancesText.append(opened: String(decoding: opened.name, as: UTF8.self), to: &text)
    return text
  }
}
