public import Ledger
public import Teller
public import TellerPostgres

/// Transfers and account openings on PostgreSQL: load and lock the accounts, decide by the pure rules, write what
/// changed. A class, because its decoder cannot be copied; one writer thread owns it.
public final class LedgerHandler<Decoder: TransferDecoding & ~Copyable>: JobHandler {
  /// A transfer or an account opening.
  public typealias Job = LedgerRequest
  /// Statements go to PostgreSQL.
  public typealias Transaction = PostgresTransaction

  private var decoder: Decoder
  var cache = AccountCache()
  var accounts = BatchAccounts()
  var round = LoadRound.none
  /// Debit and credit slot of each job; an opening has its account in both.
  var pairs: [(debit: Int32, credit: Int32)] = []
  var jobs: [BatchJob<LedgerRequest>] = []
  var drawnIDs: [Int64] = []
  var postings: [(offset: Int64, key: IdempotencyKey, posting: TransferPosting)] = []
  var details: [(offset: Int64, detail: TransferDetail)] = []
  private var cursor = 0
  /// The first posting that no outcome event was told of yet.
  var told = 0
  var batchNumber = 0

  /// A handler with nothing in its memory.
  public init(decoder: consuming Decoder) { self.decoder = decoder }

  /// Reads a record with the decoder it was made with.
  public func decode(key: RawSpan, value: RawSpan) -> Decoded<LedgerRequest> {
    decoder.decode(key: key, value: value)
  }

  /// Decides one job by `LedgerRules` on the balances as the batch left them so far.
  public func decide(_ job: BatchJob<LedgerRequest>) -> Decision {
    // Jobs are decided in offset order, but not all of them.
    while jobs[cursor].offset < job.offset { cursor += 1 }
    let pair = pairs[cursor]
    switch job.job {
    case .transfer(let transfer): return decide(transfer, job, pair.debit, pair.credit)
    case .openAccount(let opening): return decide(opening, job, pair.debit)
    }
  }

  private func decide(
    _ transfer: Transfer, _ job: BatchJob<LedgerRequest>, _ debit: Int32, _ credit: Int32
  ) -> Decision {
    let decision = LedgerRules.decide(
      transfer, debit: accounts.existing(debit), credit: accounts.existing(credit), accounts: &accounts.states
    )
    switch decision {
    case .rejected(let rejection): return .rejected(code: rejection.rawValue)
    case .applied(let posting):
      postings.append((job.offset, job.key, posting))
      if let detail = transfer.detail { details.append((job.offset, detail)) }
      return .applied
    }
  }

  private func decide(_ opening: AccountOpening, _ job: BatchJob<LedgerRequest>, _ slot: Int32) -> Decision {
    switch LedgerRules.decide(opening, existing: accounts.existing(slot)) {
    case .rejected(let rejection): return .rejected(code: rejection.rawValue)
    case .opened(let state):
      let slot = Int(slot)
      accounts.states[slot] = state
      accounts.slots[slot].id = drawnIDs[accounts.opened.count]
      accounts.slots[slot].isOpen = true
      accounts.opened.append(
        BatchAccounts.Opened(
          slot: slot, name: opening.account, offset: job.offset, overdraft: opening.overdraft))
      return .applied
    }
  }

  /// Drops the batch's working memory; the cache of identities stays.
  public func committed() { reset() }

  /// Drops the cache of identities too: it may hold ids that were rolled back.
  public func forget() {
    cache.forget()
    reset()
  }

  func reset() {
    round = .none
    cursor = 0
    told = 0
    accounts.removeAll()
    pairs.removeAll(keepingCapacity: true)
    jobs.removeAll(keepingCapacity: true)
    drawnIDs.removeAll(keepingCapacity: true)
    postings.removeAll(keepingCapacity: true)
    details.removeAll(keepingCapacity: true)
  }
}
