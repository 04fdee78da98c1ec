import Ledger
import TellerTestKit
import Testing

@testable import Teller

/// Each invariant is shown to fail: an auditor that never complains proves nothing.
@Suite struct `The auditor` {
  private let rig: PartitionRig

  init() throws {
    rig = try PartitionRig(batch: BatchLimits(recordsMax: 3))
    try rig.openAccounts("a", "b")
    for number in 0..<4 { rig.broker.send(.transfer("k\(number)", from: "a", to: "b", 10)) }
    rig.broker.send(.transfer("k0", from: "a", to: "b", 10))
    rig.broker.send(.transfer("k1", from: "a", to: "b", 11))
    rig.broker.send(.transfer("k9", from: "a", to: "b", 99_999))
    rig.broker.send(.opening("o", of: "c"))
    rig.broker.send(SimulatedRecord("a", "nonsense"))
    rig.broker.appendGap(to: 0)
    let writer = try rig.takeOver()
    while rig.work(writer) == "more" {}
  }

  struct Corruption: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let invariant: String
    let corrupt: @Sendable (inout SimulatedTables) -> Void

    init(
      _ what: String, breaks invariant: String, _ corrupt: @escaping @Sendable (inout SimulatedTables) -> Void
    ) {
      (testDescription, self.invariant, self.corrupt) = (what, invariant, corrupt)
    }
  }

  private static func at(_ offset: Int64) -> Location { Location(partition: PartitionID(1), offset: offset) }

  private static func key(_ text: String, _ tables: SimulatedTables) -> SimulatedKey? {
    tables.keys.keys.first { $0.key.text == text }
  }

  static let corruptions: [Corruption] = [
    Corruption("money made", breaks: "I1") { $0.accounts[1]?.state.balance += 1 },
    Corruption("a balance beside its history", breaks: "I2") {
      $0.accounts[1]?.state.balance += 1
      $0.accounts[2]?.state.balance -= 1
    },
    Corruption("a balance below its limit", breaks: "I3") { $0.accounts[1]?.state.overdraft = .limit(-990) },
    Corruption("a lost refusal row", breaks: "I14") { $0.refusals = [:] },
    Corruption("a lost repeat", breaks: "I4") { $0.repeats[at(4)] = nil },
    Corruption("a lost gap", breaks: "I4") { $0.gaps = [] },
    Corruption("an offset too far", breaks: "I4") { $0.owners[PartitionID(1)]?.nextOffset += 1 },
    Corruption("a batch committed twice", breaks: "I4") { $0.batches.append($0.batches[0]) },
    Corruption("a repeat that points elsewhere", breaks: "I5") {
      guard let row = $0.repeats[at(4)] else { return }
      $0.repeats[at(4)] = BatchOutcomes.Repeat(
        offset: 4, key: row.key, fingerprint: row.fingerprint, first: at(2), isReuse: false)
    },
    Corruption("a lost entry", breaks: "I6") { _ = $0.journal.popLast() },
    Corruption("an entry for a refusal", breaks: "I6") { $0.journal[0].location = at(6) },
    Corruption("a zombie's write", breaks: "I8") { $0.batches[1].epoch = 0 },
    Corruption("a missing version", breaks: "I10") { $0.journal[1].debitAfter.version = 7 },
    Corruption("debits out of order", breaks: "I11") {
      let first = $0.journal[0].location
      $0.journal[0].location = $0.journal[1].location
      $0.journal[1].location = first
    },
    Corruption("a reuse told as a repeat", breaks: "I12") {
      guard let row = $0.repeats[at(5)] else { return }
      $0.repeats[at(5)] = BatchOutcomes.Repeat(
        offset: 5, key: row.key, fingerprint: row.fingerprint, first: row.first, isReuse: false)
    },
    Corruption("batches in another order", breaks: "I14") {
      $0.batches[0].sequence = $0.batches[1].sequence + 100
    },
    Corruption("an overdraft given in secret", breaks: "I14") { $0.accounts[3]?.state.overdraft = .limit(5) },
    Corruption("a dead letter for another reason", breaks: "I14") {
      guard let key = key("k3", $0) else { return }
      $0.keys[key] = nil
      var records = RecordBatch()
      records.append(offset: 3, timestamp: 0) { _ in (-1, -1) }
      $0.dead[at(3)] = DeadRecord(
        offset: 3, cause: DeadLetterCause(.undecodable, "test"), idempotencyKey: nil, records: records,
        index: 0)
    },
  ]

  @Test func `finds nothing where the books are right`() {
    #expect(rig.outcomes().count == 9)
    rig.audit()
  }

  @Test(arguments: corruptions) func `finds a corruption`(corruption: Corruption) {
    var tables = rig.database.tables
    corruption.corrupt(&tables)
    let found = Set(LedgerAuditor(tables, rig.broker).violations().map(\.invariant))
    #expect(found.contains(corruption.invariant), "found \(found.sorted())")
  }

  @Test func `finds an applied record that lies where its key does not belong`() throws {
    let rig = try PartitionRig(partitions: 2)
    try rig.openAccounts("a", "b")
    let home = rig.broker.send(.transfer("k", from: "a", to: "b", 1)).partition
    #expect(rig.work(try rig.takeOver(home)) == "idle")
    var tables = rig.database.tables
    for id in tables.owners.keys { tables.owners[id]?.partition = home == 0 ? 0 : 1 }
    rig.audit()
    let elsewhere = SimulatedBroker(partitions: 2)
    elsewhere.append(.transfer("k", from: "a", to: "b", 1), to: 1 - home)
    for id in tables.owners.keys { tables.owners[id]?.partition = 1 - home }
    let found = Set(LedgerAuditor(tables, elsewhere).violations().map(\.invariant))
    #expect(found.contains("I9"), "found \(found.sorted())")
  }
}
