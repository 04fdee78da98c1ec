public import Ledger
public import Teller

/// The ledger as a handler over the simulated database: the same decoder and rules as the real one.
///
/// It remembers surrogate ids between batches, as the real one does, so that an engine that lets it remember
/// what was rolled back is found out.
public struct SimulatedLedgerHandler: JobHandler {
  /// A decoder is noncopyable, a handler is not.
  private final class Decoder {
    var decoder: JSONTransferDecoder

    init(topic: String) { decoder = JSONTransferDecoder(topic: topic) }
  }

  /// What a pipeline's answers are put into.
  private final class Answer {
    var rows: [(name: [UInt8], id: Int32, state: AccountState)] = []
  }

  private let decoder: Decoder
  private var remembered: [[UInt8]: Int32] = [:]
  private var answer = Answer()
  private var ids: [Int32?] = []
  private var names: [[UInt8]] = []
  private var states: [AccountState] = []
  private var places: [[UInt8]: Int] = [:]
  private var loadedCount = 0
  private var openings: [(place: Int, location: Int64)] = []
  private var postings: [(job: BatchJob<LedgerRequest>, posting: TransferPosting?)] = []
  private var told = 0

  /// A handler for the records of a topic.
  public init(topic: String) { decoder = Decoder(topic: topic) }

  /// The real decoder.
  public mutating func decode(key: RawSpan, value: RawSpan) -> Decoded<LedgerRequest> {
    decoder.decoder.decode(key: key, value: value)
  }

  /// Appends the reading of all accounts that the jobs touch.
  public mutating func load(
    _ jobs: [BatchJob<LedgerRequest>], in transaction: SimulatedTransaction
  ) throws(StoreFailure) {
    startBatch()
    let wanted = Set(jobs.flatMap { Self.names($0.job) }).sorted { $0.lexicographicallyPrecedes($1) }
    let (remembered, answer) = (remembered, answer)
    transaction.append { tables in
      for name in wanted {
        guard let id = remembered[name] ?? tables.accountIDs[name], let row = tables.accounts[id] else {
          continue
        }
        answer.rows.append((name, id, row.state))
      }
    }
  }

  /// One round is enough.
  public mutating func loaded(in transaction: SimulatedTransaction) throws(StoreFailure) -> LoadStep {
    for row in answer.rows {
      places[row.name] = states.count
      names.append(row.name)
      ids.append(row.id)
      states.append(row.state)
    }
    loadedCount = states.count
    return .complete
  }

  /// The real rules.
  public mutating func decide(_ job: BatchJob<LedgerRequest>) -> Decision {
    switch job.job {
    case .transfer(let transfer):
      let decision = LedgerRules.decide(
        transfer, debit: places[Array(transfer.debitAccount.utf8)],
        credit: places[Array(transfer.creditAccount.utf8)], accounts: &states)
      switch decision {
      case .applied(let posting):
        postings.append((job, posting))
        return .applied
      case .rejected(let why): return .rejected(code: why.rawValue)
      }
    case .openAccount(let opening):
      let name = Array(opening.account.utf8)
      switch LedgerRules.decide(opening, existing: places[name]) {
      case .opened(let state):
        places[name] = states.count
        openings.append((states.count, job.offset))
        names.append(name)
        ids.append(nil)
        states.append(state)
        postings.append((job, nil))
        return .applied
      case .rejected(let why): return .rejected(code: why.rawValue)
      }
    }
  }

  /// Appends balances, openings and journal.
  public mutating func persist(
    _ commit: BatchCommit, in transaction: SimulatedTransaction
  ) throws(StoreFailure) {
    let (postings, openings, names, states) = (postings, openings, names, states)
    let (loadedCount, answer) = (loadedCount, answer)
    var ids = ids
    transaction.append { (tables) throws(StoreFailure) in
      for applied in postings where tables.refusedKeys.contains(applied.job.key) {
        throw StoreFailure(.refused, code: "23514", message: "a check constraint refuses this row")
      }
      for opening in openings {
        let state = states[opening.place]
        let start = AccountState(
          balance: 0, version: 0, overdraft: state.overdraft, currency: state.currency)
        let place = Location(partition: commit.partition, offset: opening.location)
        ids[opening.place] = tables.open(
          names[opening.place], start, by: commit.sequence, at: place)
      }
      for place in states.indices {
        guard let id = ids[place] else { continue }
        tables.accounts[id]?.state = states[place]
        if place >= loadedCount { answer.rows.append((names[place], id, states[place])) }
      }
      for case (let job, let posting?) in postings {
        guard let debit = ids[Int(posting.debit)], let credit = ids[Int(posting.credit)] else { continue }
        tables.journal.append(
          SimulatedEntry(
            location: Location(partition: commit.partition, offset: job.offset), debit: debit, credit: credit,
            amount: posting.amount, debitAfter: (posting.debitBalance, posting.debitVersion),
            creditAfter: (posting.creditBalance, posting.creditVersion)))
      }
    }
  }

  /// `"balances":null`.
  public static var noEffect: String { BalancesText.none }

  /// The balances after this job, as the real handler has them.
  public mutating func appendEffect(_ job: BatchJob<LedgerRequest>, to text: inout [UInt8]) {
    while told < postings.count, postings[told].job.offset < job.offset { told += 1 }
    guard told < postings.count, postings[told].job.offset == job.offset else {
      return text.append(contentsOf: Self.noEffect.utf8)
    }
    switch (job.job, postings[told].posting) {
    case (.transfer(let transfer), let posting?):
      BalancesText.append(
        debit: BalancesText.Account(
          transfer.debitAccount, balance: posting.debitBalance, version: posting.debitVersion),
        credit: BalancesText.Account(
          transfer.creditAccount, balance: posting.creditBalance, version: posting.creditVersion), to: &text)
    default: BalancesText.append(opened: job.job.keyAccount, to: &text)
    }
  }

  /// Remembers the surrogate ids that are certain now.
  public mutating func committed() {
    for row in answer.rows { remembered[row.name] = row.id }
    startBatch()
  }

  /// Remembers nothing.
  public mutating func forget() {
    remembered = [:]
    startBatch()
  }

  private mutating func startBatch() {
    answer = Answer()
    (ids, names, states, places, loadedCount, openings, postings, told) = ([], [], [], [:], 0, [], [], 0)
  }

  private static func names(_ request: LedgerRequest) -> [[UInt8]] {
    switch request {
    case .transfer(let transfer): [Array(transfer.debitAccount.utf8), Array(transfer.creditAccount.utf8)]
    case .openAccount(let opening): [Array(opening.account.utf8)]
    }
  }
}
