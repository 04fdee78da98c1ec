import Ledger
import TellerTestKit
import Testing

@testable import LedgerPostgres
@testable import Teller
@testable import TellerPostgres

/// Events made from memory and those made after a crash are the same events: byte by byte, whatever was decided.
@Suite struct `Events made from the tables` {
  private static let accounts = [
    "plain", "two \"quotes\"", "back\\slash", "Zürich-日本", "cafe\u{301}", "last",
  ]

  /// Openings, payments, repeats, reuses, noise and holes; requests with traces, natural keys and UUIDs.
  private static func fill(_ bench: Bench, _ random: inout SplitMix64, records: Int) {
    var sent: [SimulatedRecord] = []
    for number in 0..<records {
      let (debit, credit) = (accounts[random.next(below: 6)], accounts[random.next(below: 6)])
      // Half of the keys are UUIDs, in capitals.
      let name = "8B1F2C3D-0000-4000-8000-\(String(1_000_000_000_000 + number).suffix(12))"
      let key = number % 2 == 0 ? name : "order \(number) é"
      var record: SimulatedRecord
      switch random.next(below: 16) {
      case 0, 1: record = opening(key, debit)
      case 2 where !sent.isEmpty: record = sent[random.next(below: sent.count)]
      case 3 where number > 1:
        record = transfer("order \(random.next(below: number) | 1) é", debit, credit, 7)
      case 4: record = SimulatedRecord(debit, "not JSON")
      case 5: record = SimulatedRecord(debit, #"{"idempotency_key":"\#(key)","amount":-1}"#)
      default: record = transfer(key, debit, credit, Int64(1 + random.next(below: 60)))
      }
      if number % 3 == 0 { record.headers = [RecordHeader(name: "traceparent", value: [48, 48, 45])] }
      if number % 5 == 0 { record.headers.append(RecordHeader(name: "own \"\\\u{1}", value: nil)) }
      sent.append(record)
      let place = bench.broker.send(record)
      if random.next(below: 12) == 0 { bench.broker.appendGap(2, to: place.partition) }
    }
  }

  private static func json(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
  }

  private static func transfer(
    _ key: String, _ debit: String, _ credit: String, _ amount: Int64
  ) -> SimulatedRecord {
    SimulatedRecord(
      debit,
      """
      {"idempotency_key":"\(key)","debit_account":"\(json(debit))","credit_account":"\(json(credit))",\
      "amount":\(amount),"currency":"EUR"}
      """)
  }

  private static func opening(_ key: String, _ account: String) -> SimulatedRecord {
    SimulatedRecord(
      account,
      """
      {"type":"open_account","idempotency_key":"\(key)","account":"\(json(account))","currency":"EUR","overdraft":90}
      """)
  }

  /// What writers hand over; nobody takes it.
  private static func publisher(_ bench: Bench) -> Publisher {
    Publisher(
      stream: bench.stream, noEffect: BalancesText.none, sink: SimulatedEventSink(partitions: 3),
      signals: WorkerSignals(), settings: Publisher.Settings(), now: { .zero }, report: { _ in })
  }

  /// Batches as they were handed over. What was not is a failure of `facts`.
  private static func remembered(_ publisher: Publisher, _ partition: Int32) -> [DecidedBatch] {
    publisher.inbox.withLock { $0.messages }.compactMap { message in
      switch message {
      case .committed(let batch, _, _): return batch.partition == partition ? batch : nil
      case .advanced(let ownership, let offset):
        Issue.record("partition \(ownership.partition) told only that it is at \(offset)")
        return nil
      default: return nil
      }
    }
  }

  /// The same from the tables and the log, in pieces that fit no batch.
  private static func reread(
    _ bench: Bench, _ ownership: Ownership, rowsMax: Int
  ) throws -> [DecidedBatch] {
    let store = PostgresPublicationStore(
      try SessionSettings.worker(url: bench.url, owner: "publisher"), effects: LedgerEffects())
    var handler = LedgerHandler(decoder: JSONTransferDecoder(topic: bench.stream.topic))
    let end = bench.broker.ranges[Int(ownership.partition)].upperBound
    var batches: [DecidedBatch] = []
    while let next = batches.last.map(\.to) ?? 0, next < end {
      let stretches = try store.decided(in: next..<end, of: ownership.id, rowsMax: rowsMax)
      try #require(!stretches.isEmpty)
      for stretch in stretches {
        let found = try SimulatedLogReader(bench.broker).records(
          in: stretch.range, of: ownership.partition, bytesMax: .max)
        batches.append(
          DecidedBatch(
            stretch, ownership: ownership, incarnation: 1, records: found.batch, handler: &handler))
      }
    }
    return batches
  }

  /// All events and dead letters of a partition, every byte of each as text.
  private static func events(
    _ batches: [DecidedBatch], _ histories: [Int32: UInt128]
  ) throws -> [String] {
    var encoder = OutcomeEventEncoder(topic: "transfers", noEffect: BalancesText.none)
    var letters = DeadLetterEncoder(topic: "transfers")
    var (events, previous): ([String], Int64?) = ([], nil)
    func text(_ draft: EventDraft) -> String {
      func part(_ range: Range<Int>?) -> String {
        range.map { String(decoding: draft.bytes[$0], as: UTF8.self) } ?? "null"
      }
      let headers = draft.headers.map { "\(part($0.name))=\(part($0.value))" }.joined(separator: " ")
      return "\(part(draft.key)) | \(headers) | \(part(draft.value))"
    }
    for batch in batches {
      let id = try #require(histories[batch.history])
      let history = HistoryIdentity(number: batch.history, id: id)
      encoder.begin(batch, history)
      for entry in batch.entries {
        encoder.encode(entry, of: batch, previous: previous)
        events.append(text(encoder.draft))
        previous = entry.offset
        if let dead = batch.deadRecord(at: entry.offset) {
          letters.encode(dead, of: batch, history, asPointer: false)
          events.append(text(letters.draft))
        }
      }
    }
    return events
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `are those made from memory, byte by byte`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let bench = try Bench()
    try bench.open([Self.accounts[0]], balance: 0, overdraft: nil)
    let publisher = Self.publisher(bench)
    let ownerships = PostgresOwnershipStore(try SessionSettings.worker(url: bench.url, owner: "owner"))
    // The history is raised in the middle, as after a failover: what was decided before keeps its number.
    for round in 0..<3 {
      let writers = try (0..<3).map { partition in
        try bench.writer(
          Int32(partition), batch: BatchLimits(recordsMax: 2 + random.next(below: 12)), publisher: publisher)
      }
      Self.fill(bench, &random, records: 150)
      for side in writers.map({ $0.drainInBackground() }) { try side.value(within: .seconds(120)) }
      if round == 1 { try ownerships.raiseHistory(reason: "a test asked for it") }
    }
    let store = PostgresPublicationStore(try SessionSettings.worker(url: bench.url, owner: "publisher"))
    let histories = try store.histories()
    var all: [String] = []
    for partition in Int32(0)..<3 {
      let ownership = try ownerships.takeOver(partition, of: bench.stream, owner: "owner")
      let wanted = try Self.events(Self.remembered(publisher, partition), histories)
      let found = try Self.events(
        Self.reread(bench, ownership, rowsMax: 1 + random.next(below: 20)), histories)
      for (found, wanted) in zip(found, wanted) { #expect(found == wanted) }
      #expect(found.count == wanted.count)
      all += found
    }
    let shown = [
      "outcome=applied", "outcome=rejected", "outcome=duplicate", "outcome=dead", "idempotency_key_reused",
      #""version":0}"#, "teller-history=2:", "traceparent=00-", "two \\\"quotes\\\"", "teller-reason=",
    ]
    for words in shown { #expect(all.contains { $0.contains(words) }, "no event shows \(words)") }
    #expect(all.count { !$0.contains("teller-reason=") } == (try decided(bench)))
  }

  private func decided(_ bench: Bench) throws -> Int {
    Int(try bench.query("select count(*) from teller.outcome").int8(0, 0))
  }

  @Test func `show the balances after each record, not those after its batch`() throws {
    let bench = try Bench()
    let (payer, payee) = (bench.account(0), bench.account(1))
    try bench.open([payer, payee], balance: 100)
    bench.pay("1", payer, payee, 60)
    bench.broker.send(.opening("2", of: bench.account(0, 1)))
    bench.pay("3", payer, bench.account(0, 1), 30)
    bench.pay("4", payer, payee, 30)
    let publisher = Self.publisher(bench)
    try bench.writer(0, publisher: publisher).drain()
    let batches = Self.remembered(publisher, 0)
    #expect(batches.count == 1)
    let values = try Self.events(batches, [1: 1]).map { event in
      String(event.split(separator: #","balances":"#)[1].split(separator: #","first""#)[0])
    }
    func shown(_ accounts: (String, Int64, Int64)...) -> String {
      let texts = accounts.map { #"{"account":"\#($0)","balance":\#($1),"version":\#($2)}"# }
      return "[\(texts.joined(separator: ","))]"
    }
    let other = bench.account(0, 1)
    #expect(
      values == [
        shown((payer, 40, 1), (payee, 160, 1)), shown((other, 0, 0)), shown((payer, 10, 2), (other, 30, 1)),
        "null",
      ])
  }
}
