public import Ledger
internal import PostgresClient
public import Teller
public import TellerPostgres

/// Which answers a handler waits for.
enum LoadRound {
  case none
  /// Names looked up (where any were unknown), accounts locked.
  case accounts(find: PostgresTransaction.Ticket?, lock: PostgresTransaction.Ticket)
  /// Missing names locked by stripe, looked for again; ids drawn for openings.
  case missing(look: PostgresTransaction.Ticket, ids: PostgresTransaction.Ticket?)
}

/// Loading: one round where all accounts exist, a second one under locked names where some do not.
extension LedgerHandler where Decoder: ~Copyable {
  /// Appends the locking read of the accounts that are known, and the look-up of those that are not.
  public func load(_ jobs: [BatchJob<LedgerRequest>], in transaction: PostgresTransaction)
    throws(StoreFailure)
  {
    reset()
    batchNumber += 1
    self.jobs = jobs
    pairs.reserveCapacity(jobs.count)
    for job in jobs {
      switch job.job {
      case .transfer(let transfer):
        pairs.append(
          (slot(transfer.debitAccount, transfer.currency), slot(transfer.creditAccount, transfer.currency)))
      case .openAccount(let opening):
        let slot = slot(opening.account, opening.currency)
        pairs.append((slot, slot))
      }
    }
    let ids = accounts.slots.map(\.id).filter { $0 != 0 }.sorted()
    let names = accounts.unknown.keys.map(\.name)
    guard !names.isEmpty else {
      let lock = try transaction.send(AccountStatements.lock) { $0.int8s(count: ids.count) { ids[$0] } }
      round = .accounts(find: nil, lock: lock)
      return
    }
    let find = try transaction.send(AccountStatements.find) { $0.texts(count: names.count) { names[$0] } }
    let lock = try transaction.send(AccountStatements.lockWithNames) {
      $0.int8s(count: ids.count) { ids[$0] }
      $0.texts(count: names.count) { names[$0] }
    }
    round = .accounts(find: find, lock: lock)
  }

  private func slot(_ name: String, _ currency: Currency) -> Int32 {
    guard let place = cache.place(of: name) else {
      return Int32(accounts.add(unknown: name, currency: currency))
    }
    let entry = cache[place]
    if entry.batch == batchNumber { return entry.slot }
    let slot = Int32(accounts.add(id: entry.id, currency: entry.currency))
    cache[place].batch = batchNumber
    cache[place].slot = slot
    return slot
  }

  /// Reads the answers; names that came back missing are locked by stripe and looked for again.
  public func loaded(in transaction: PostgresTransaction) throws(StoreFailure) -> LoadStep {
    switch round {
    case .none: return .complete
    case .accounts(let find, let lock):
      if let find { try readFound(find, transaction) }
      guard try readLocked(lock, transaction) else { return .startOver }
      return try lockMissing(transaction)
    case .missing(let look, let ids):
      let appeared = try transaction.read(look) { rows throws(PostgresError) in try rows.int8(0, 0) }
      guard appeared == 0 else { return .startOver }
      if let ids {
        drawnIDs = try transaction.read(ids) { rows throws(PostgresError) in
          var drawn: [Int64] = []
          for row in 0..<rows.count { drawn.append(try rows.int8(row, 0)) }
          return drawn
        }
      }
      return .complete
    }
  }

  private func readFound(
    _ ticket: PostgresTransaction.Ticket, _ transaction: PostgresTransaction
  ) throws(StoreFailure) {
    try transaction.read(ticket) { rows throws(PostgresError) in
      for row in 0..<rows.count {
        let name = try rows.text(row, 1)
        guard let currency = Currency(try rows.text(row, 2)) else { continue }
        let id = try rows.int8(row, 0)
        accounts.found(name, id: id, currency: currency)
        cache.add(name, id: id, currency: currency)
      }
    }
  }

  /// False: an account that was known did not come back, or one came that had not been found; both mean that the
  /// world changed between two statements.
  private func readLocked(
    _ ticket: PostgresTransaction.Ticket, _ transaction: PostgresTransaction
  ) throws(StoreFailure) -> Bool {
    // Rows come in id order; so do these.
    let order = accounts.slots.indices.filter { accounts.slots[$0].id != 0 }
      .sorted { accounts.slots[$0].id < accounts.slots[$1].id }
    return try transaction.read(ticket) { rows throws(PostgresError) in
      guard rows.count == order.count else { return false }
      for (row, slot) in order.enumerated() {
        guard try rows.int8(row, 1) == accounts.slots[slot].id else { return false }
        let version = try rows.int8(row, 3)
        accounts.slots[slot].place = try rows.tid(row, 0)
        accounts.slots[slot].loadedVersion = version
        accounts.slots[slot].isOpen = true
        accounts.states[slot].balance = try rows.int8(row, 2)
        accounts.states[slot].version = version
        accounts.states[slot].overdraft =
          try rows.isNull(row, 4) ? .unlimited : .limit(try rows.int8(row, 4))
      }
      return true
    }
  }

  /// Rows that do not exist cannot be locked. Without this a refusal can contradict every serial order: 1. we do not
  /// find x; 2. another batch opens x and pays y, and commits; 3. we read y with that payment, and refuse x.
  private func lockMissing(_ transaction: PostgresTransaction) throws(StoreFailure) -> LoadStep {
    guard !accounts.unknown.isEmpty else { return .complete }
    var openings: Set<AccountKey> = []
    for job in jobs {
      guard case .openAccount(let opening) = job.job else { continue }
      let key = AccountKey(opening.account)
      if accounts.unknown[key] != nil { openings.insert(key) }
    }
    let missing = accounts.unknown.keys.map(\.name)
    let locks = AccountStripe.locks(shared: missing, exclusive: openings.map(\.name))
    try transaction.send(AccountStatements.lockStripes) { parameters in
      parameters.int4s(count: locks.count) { locks[$0].stripe }
      parameters.bools(count: locks.count) { locks[$0].isExclusive }
    }
    let look = try transaction.send(AccountStatements.lookAgain) {
      $0.texts(count: missing.count) { missing[$0] }
    }
    let ids =
      openings.isEmpty
      ? nil : try transaction.send(AccountStatements.drawIDs) { $0.int4(Int32(openings.count)) }
    round = .missing(look: look, ids: ids)
    return .more
  }
}
