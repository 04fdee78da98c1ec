internal import Ledger
internal import PostgresClient
public import Teller
public import TellerPostgres

/// Persisting: new accounts, changed balances netted to one update each, one journal row per transfer.
extension LedgerHandler where Decoder: ~Copyable {
  /// Appends new accounts, one update for all changed balances, and the journal's rows.
  public func persist(_ commit: BatchCommit, in transaction: PostgresTransaction) throws(StoreFailure) {
    if !accounts.opened.isEmpty { try persistOpenings(commit, transaction) }
    try persistBalances(transaction)
    if !postings.isEmpty { try persistJournal(commit, transaction) }
    if !details.isEmpty { try persistDetails(commit, transaction) }
  }

  private func persistOpenings(
    _ commit: BatchCommit, _ transaction: PostgresTransaction
  ) throws(StoreFailure) {
    let opened = accounts.opened
    try transaction.send(AccountStatements.open) { parameters in
      parameters.int8(commit.sequence)
      parameters.int4(commit.partition.value)
      parameters.int8s(count: opened.count) { accounts.slots[opened[$0].slot].id }
      parameters.texts(count: opened.count) { opened[$0].name }
      parameters.texts(count: opened.count) { accounts.states[opened[$0].slot].currency.code }
      parameters.int8s(count: opened.count) { _ in 0 }
      parameters.int8s(count: opened.count) { opened[$0].overdraft }
      parameters.int8s(count: opened.count) { opened[$0].offset }
    }
    try transaction.send(AccountStatements.openBalances) { parameters in
      parameters.int8s(count: opened.count) { accounts.slots[opened[$0].slot].id }
      parameters.int8s(count: opened.count) { accounts.states[opened[$0].slot].balance }
      parameters.int8s(count: opened.count) { accounts.states[opened[$0].slot].version }
      parameters.int8s(count: opened.count) { opened[$0].overdraft }
    }
  }

  private func persistBalances(_ transaction: PostgresTransaction) throws(StoreFailure) {
    let changed = accounts.slots.indices.filter {
      accounts.slots[$0].place != nil && accounts.states[$0].version != accounts.slots[$0].loadedVersion
    }
    guard !changed.isEmpty else { return }
    try transaction.send(TransferStatements.update) { parameters in
      parameters.tids(count: changed.count) { accounts.slots[changed[$0]].place ?? 0 }
      parameters.int8s(count: changed.count) { accounts.states[changed[$0]].balance }
      parameters.int8s(count: changed.count) { accounts.states[changed[$0]].version }
      parameters.int8(Int64(changed.count))
    }
  }

  private func persistJournal(
    _ commit: BatchCommit, _ transaction: PostgresTransaction
  ) throws(StoreFailure) {
    let rows = postings
    let slots = accounts.slots
    try transaction.send(TransferStatements.journal) { parameters in
      parameters.int4(commit.partition.value)
      parameters.int8s(count: rows.count) { rows[$0].offset }
      parameters.int8s(count: rows.count) { slots[Int(rows[$0].posting.debit)].id }
      parameters.int8s(count: rows.count) { slots[Int(rows[$0].posting.credit)].id }
      parameters.int8s(count: rows.count) { rows[$0].posting.amount }
      parameters.int8s(count: rows.count) { rows[$0].posting.debitBalance }
      parameters.int8s(count: rows.count) { rows[$0].posting.debitVersion }
      parameters.int8s(count: rows.count) { rows[$0].posting.creditBalance }
      parameters.int8s(count: rows.count) { rows[$0].posting.creditVersion }
      parameters.uuids(count: rows.count) { rows[$0].key.bits }
    }
  }

  private func persistDetails(
    _ commit: BatchCommit, _ transaction: PostgresTransaction
  ) throws(StoreFailure) {
    let rows = details
    try transaction.send(TransferStatements.details) { parameters in
      parameters.int4(commit.partition.value)
      parameters.int8s(count: rows.count) { rows[$0].offset }
      parameters.texts(count: rows.count) { rows[$0].detail.reference }
      parameters.texts(count: rows.count) { rows[$0].detail.metadata }
      parameters.texts(count: rows.count) { rows[$0].detail.requestedAt }
    }
  }
}
