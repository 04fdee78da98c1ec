import Ledger
import PostgresClient
import Teller

/// Decides the whole log once more, in the order that the books claim, and compares every decision and balance.
///
/// It knows nothing of batches, claims, locks or caches: a dictionary of keys, an array of accounts and the pure
/// rules.
final class Oracle {
  private struct First {
    let place: Place
    let fingerprint: Fingerprint
    let outcome: String
    let code: String?
  }

  private let log: LogCopy
  private let outcomes: Outcomes
  private let partitions: Int32
  private var decoder: JSONTransferDecoder
  private var accounts: [AccountState] = []
  private var places: [String: Int] = [:]
  private var firsts: [UInt128: First] = [:]
  /// What differs from the books.
  private(set) var findings: [String] = []

  init(_ scenario: Scenario, books: Books, log: LogCopy, outcomes: Outcomes) throws {
    self.log = log
    self.outcomes = outcomes
    partitions = scenario.partitions
    decoder = JSONTransferDecoder(topic: scenario.topic)
    try open(books)
    let order = outcomes.rows.sorted { ($0.value.sequence, $0.key) < ($1.value.sequence, $1.key) }
    for (place, row) in order {
      guard let record = log.records[place] else {
        findings.append("\(place) is decided and not in the log")
        continue
      }
      let expected = decide(record, at: place)
      if let difference = Self.difference(expected, row) { findings.append("\(place): \(difference)") }
    }
    try compareBalances(books)
  }

  /// Accounts that were opened from the command line, before any record.
  private func open(_ books: Books) throws {
    let rows = try books.rows(
      "select account, currency, opening_balance, overdraft from ledger.opening where \"offset\" is null")
    for row in 0..<rows.count {
      guard let currency = Currency(try rows.text(row, 1)) else { continue }
      places[try rows.text(row, 0)] = accounts.count
      accounts.append(
        AccountState(
          balance: try rows.int8(row, 2), version: 0,
          overdraft: try rows.optional(row, 3, rows.int8).map { .limit($0) } ?? .unlimited, currency: currency
        ))
    }
  }

  private func decide(_ record: LoggedRecord, at place: Place) -> OutcomeRow {
    let key = record.key ?? []
    let value = record.value ?? []
    if value.count > RequestLimits.valueBytesMax || key.count > RequestLimits.keyBytesMax {
      return .expected("dead", "too_large")
    }
    if key.isEmpty || Partitioner.murmur2.partition(key: key.span.bytes, count: partitions) != place.partition
    {
      return .expected("dead", "misrouted")
    }
    guard record.value != nil else { return .expected("dead", "undecodable") }
    switch decoder.decode(key: key.span.bytes, value: value.span.bytes) {
    case .dead(let cause, _): return .expected("dead", cause.code.rawValue)
    case .job(let request, let key, let fingerprint):
      if let first = firsts[key.bits] {
        let isSame = first.fingerprint == fingerprint
        return .expected(
          isSame ? "duplicate" : "rejected", isSame ? nil : "idempotency_key_reused", first: first.place,
          firstOutcome: first.outcome, firstCode: first.code)
      }
      let code = decide(request)?.rawValue
      let outcome = code == nil ? "applied" : "rejected"
      firsts[key.bits] = First(place: place, fingerprint: fingerprint, outcome: outcome, code: code)
      return .expected(outcome, code)
    }
  }

  private func decide(_ request: LedgerRequest) -> LedgerRejection? {
    switch request {
    case .transfer(let transfer):
      let decision = LedgerRules.decide(
        transfer, debit: places[transfer.debitAccount], credit: places[transfer.creditAccount],
        accounts: &accounts)
      if case .rejected(let code) = decision { return code }
    case .openAccount(let opening):
      switch LedgerRules.decide(opening, existing: places[opening.account]) {
      case .rejected(let code): return code
      case .opened(let state):
        places[opening.account] = accounts.count
        accounts.append(state)
      }
    }
    return nil
  }

  private func compareBalances(_ books: Books) throws {
    let rows = try books.rows("select account, balance, version from ledger.balance")
    if rows.count != accounts.count { findings.append("\(rows.count) accounts instead of \(accounts.count)") }
    for row in 0..<rows.count {
      let name = try rows.text(row, 0)
      guard let place = places[name] else {
        findings.append("account \(name) should not exist")
        continue
      }
      let (balance, version) = (try rows.int8(row, 1), try rows.int8(row, 2))
      let expected = accounts[place]
      if balance != expected.balance || version != expected.version {
        findings.append(
          "\(name): balance \(balance), version \(version) instead of \(expected.balance), \(expected.version)"
        )
      }
    }
  }

  private static func difference(_ expected: OutcomeRow, _ row: OutcomeRow) -> String? {
    let same =
      expected.outcome == row.outcome && expected.code == row.code && expected.first == row.first
      && expected.firstOutcome == row.firstOutcome && expected.firstCode == row.firstCode
    return same ? nil : "\(row.words) instead of \(expected.words)"
  }
}

extension OutcomeRow {
  fileprivate static func expected(
    _ outcome: String, _ code: String?, first: Place? = nil, firstOutcome: String? = nil,
    firstCode: String? = nil
  ) -> OutcomeRow {
    OutcomeRow(
      outcome: outcome, code: code, first: first, firstOutcome: firstOutcome, firstCode: firstCode, epoch: 0,
      sequence: 0)
  }

  fileprivate var words: String {
    [outcome, code, first?.description, firstOutcome, firstCode].compactMap(\.self).joined(separator: " ")
  }
}
