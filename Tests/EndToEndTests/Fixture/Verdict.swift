import TellerIntegrationKit

/// Judges a scenario at its end: the books against the log, against themselves and against an oracle.
struct Verdict {
  /// What is wrong, at most a few of each kind; empty where all is well.
  private(set) var findings: [String] = []
  let outcomes: Outcomes
  let log: LogCopy

  /// - Parameters:
  ///   - isComplete: the whole log must be decided; not so where something halted.
  ///   - isPublished: every decision must be told: not so where the last worker was killed or told nothing.
  ///   - books: where they are not the scenario's own.
  init(_ scenario: Scenario, isComplete: Bool = true, isPublished: Bool = true, books other: Books? = nil)
    throws
  {
    let books = other ?? scenario.books
    log = try LogCopy(of: scenario)
    outcomes = try Outcomes(of: scenario, in: books)
    try checkOffsets(scenario, books, isComplete: isComplete)
    let oracle = try Oracle(scenario, books: books, log: log, outcomes: outcomes)
    add(oracle.findings.sorted())
    add(try Self.flaws(of: scenario, in: books))
    if other == nil { try audit(scenario) }
    if isPublished, other == nil {
      let events = try PublishedEvents(of: scenario)
      let letters = try PublishedEvents.deadLetters(of: scenario)
      add(events.findings(against: outcomes, deadLetters: letters).sorted())
    }
  }

  /// The program's own judge, over the tables and the topics.
  private mutating func audit(_ scenario: Scenario) throws {
    let audit = try TellerProcess.run([
      "audit", "--kafka", "--brokers", scenario.broker.bootstrapServers, "--postgres", scenario.database,
      "--topic",
      scenario.topic,
    ])
    if audit.exitStatus != 0, !audit.tail().contains("not connected yet") {
      findings.append("teller audit ended with \(audit.exitStatus ?? -1): \(audit.tail())")
    }
  }

  private mutating func add(_ more: [String]) {
    findings += more.prefix(5)
    if more.count > 5 { findings.append("… and \(more.count - 5) more") }
  }

  /// Every offset of the log has one outcome or is a hole that was recorded; nothing else has.
  private mutating func checkOffsets(_ scenario: Scenario, _ books: Books, isComplete: Bool) throws {
    add(outcomes.repeated.sorted().map { "\($0) has two outcomes" })
    add(outcomes.fallenEpochs.map { "\($0) was decided under a smaller epoch than one before it" })
    add(
      outcomes.gaps.filter { log.records[$0] != nil }.sorted().map {
        "\($0) is a record and recorded as a gap"
      })
    let positions = try scenario.positions(in: books)
    for partition in 0..<scenario.partitions {
      let (next, end) = (positions[Int(partition)], log.ends[partition] ?? 0)
      if isComplete, next != end { findings.append("partition \(partition) stands at \(next) of \(end)") }
      let missing = (0..<next).map { Place(partition: partition, offset: $0) }
        .filter { outcomes.rows[$0] == nil && !outcomes.gaps.contains($0) }
      add(missing.map { "\($0) has no outcome" })
    }
    add(
      outcomes.rows.keys.filter { $0.offset >= positions[Int($0.partition)] }.sorted().map {
        "\($0) is decided too early"
      })
  }

  /// What the books say against themselves, over the public views.
  static func flaws(of scenario: Scenario, in books: Books? = nil) throws -> [String] {
    try (books ?? scenario.books).texts(
      """
      select 'money was made or lost: ' || (sum(balance) - (select sum(opening_balance) from ledger.opening))
        from ledger.balance having sum(balance) <> (select sum(opening_balance) from ledger.opening)
      union all
      select account || ' is below its limit' from ledger.balance where balance < -overdraft
      union all
      select b.account || ': balance or version is not that of its entries'
        from ledger.balance b join ledger.opening o using (account)
        left join lateral (
          select count(*) as n, coalesce(sum(amount), 0) as total from ledger.entry e where e.account = b.account) e on true
       where b.balance <> o.opening_balance + e.total or b.version <> e.n
      union all
      select account || ': the chain of versions breaks at ' || version
        from (select e.account, e.version, e.amount, e.balance_after, o.opening_balance,
                     lag(e.version, 1, 0::int8) over w as former, lag(e.balance_after) over w as balance_before
                from ledger.entry e join ledger.opening o using (account)
              window w as (partition by e.account order by e.version)) chain
       where version <> former + 1 or balance_after <> coalesce(balance_before, opening_balance) + amount
      union all
      select partition || '@' || "offset" || ' has not two entries that cancel out'
        from ledger.entry where topic = '\(scenario.topic)'
       group by partition, "offset" having count(*) <> 2 or sum(amount) <> 0
      """)
  }
}
