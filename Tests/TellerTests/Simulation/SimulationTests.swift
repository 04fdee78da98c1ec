import Foundation
import Ledger
import TellerTestKit
import Testing

@testable import Teller

/// Random work, random failures at every step, several writers for one partition: whatever happens, the books
/// are right and, once the failures stop, everything is decided.
@Suite struct `A simulated run` {
  /// `TELLER_SEEDS=1000` runs more of them; `TELLER_SEED=17` runs one.
  static var seeds: ClosedRange<UInt64> {
    let environment = ProcessInfo.processInfo.environment
    if let one = environment["TELLER_SEED"].flatMap({ UInt64($0) }) { return one...one }
    return 1...max(1, environment["TELLER_SEEDS"].flatMap { UInt64($0) } ?? 40)
  }

  @Test(arguments: seeds)
  func `keeps the books right whatever fails`(seed: UInt64) throws {
    var run = try SimulatedRun(seed: seed)
    for _ in 0..<120 { try run.step() }
    try run.finish()
    let violations = LedgerAuditor(run.rig.database, run.rig.broker).violations()
    #expect(violations.isEmpty, "seed \(seed): \(violations)")
    #expect(run.rig.database.faults.struck > 0, "seed \(seed): nothing failed")
    let positions = (0..<SimulatedRun.partitions).map { run.rig.position($0) }
    #expect(positions == run.rig.broker.ranges.map(\.upperBound), "seed \(seed): not everything is decided")
  }
}

/// A seeded run over the simulated ports, on one thread.
struct SimulatedRun {
  static let partitions: Int32 = 3
  private static let accounts = (0..<8).map { "acct-\($0)" }

  let rig: PartitionRig
  private var random: SplitMix64
  private var writers: [SimulatedWriter] = []
  private var sessions: [WriterSession<SimulatedLedgerHandler, SimulatedStore>] = []
  private var keys = 0

  init(seed: UInt64) throws {
    random = SplitMix64(seed: seed)
    rig = try PartitionRig(
      partitions: Int(Self.partitions), batch: BatchLimits(recordsMax: 1 + random.next(below: 12)))
    try rig.openAccounts("acct-0", "acct-1", "acct-2", balance: 500)
    sessions = [rig.newSession(), rig.newSession()]
    surprise(seed)
    rig.database.faults.draw(seed: seed &* 31, perMille: 60)
    for partition in 0..<Self.partitions { try takeOver(partition) }
  }

  /// While a writer waits, in the middle of mending a batch, others take its partition or open accounts.
  private func surprise(_ seed: UInt64) {
    let (database, stream) = (rig.database, rig.stream)
    let random = Signal(SplitMix64(seed: seed &+ 1_000_000))
    guard let euro = Currency("EUR") else { return }
    rig.whileWaiting {
      let dice = random.withLock { ($0.next(below: 10), $0.next(below: Int(Self.partitions))) }
      switch dice.0 {
      case 0:
        _ = try? SimulatedOwnershipStore(database).takeOver(Int32(dice.1), of: stream, owner: "surprise")
      case 1...3:
        let name = Self.accounts.first { database.tables.accountIDs[Array($0.utf8)] == nil }
        if let name { database.open(name, balance: 300, currency: euro) }
      default: break
      }
    }
  }

  mutating func step() throws {
    switch random.next(below: 100) {
    case 0..<45: send()
    case 45..<85: try work()
    case 85..<91: try takeOver(Int32(random.next(below: Int(Self.partitions))))
    case 91..<94: rig.broker.appendGap(Int64(1 + random.next(below: 3)), to: anyPartition())
    case 94..<97: rig.signals.disturb()
    default: trouble()
    }
  }

  /// The failures stop; every partition has one last owner who must come to the end.
  mutating func finish() throws {
    rig.database.faults.heal()
    for partition in 0..<Self.partitions {
      writers.removeAll()
      var turns = 0
      repeat {
        if writers.isEmpty { try takeOver(partition) }
        try work()
        turns += 1
      } while rig.position(partition) != rig.broker.ranges[Int(partition)].upperBound && turns < 200
    }
  }

  private mutating func anyPartition() -> Int32 { Int32(random.next(below: Int(Self.partitions))) }

  private mutating func send() {
    for _ in 0..<(1 + random.next(below: 8)) {
      let names = (0..<2).map { _ in Self.accounts[random.next(below: Self.accounts.count)] }
      // Keys come again now and then, with the same meaning or another one.
      let key = random.next(below: 4) == 0 && keys > 0 ? random.next(below: keys) : keys
      keys = max(keys, key + 1)
      let amount = Int64(1 + random.next(below: 120))
      switch random.next(below: 20) {
      case 0: rig.broker.append(SimulatedRecord(names[0], "nonsense"), to: anyPartition())
      case 1:
        rig.broker.append(.transfer("k\(key)", from: names[0], to: names[1], amount), to: anyPartition())
      case 2: rig.broker.append(SimulatedRecord(key: nil, value: nil), to: anyPartition())
      case 3...5: rig.broker.send(.opening("k\(key)", of: names[0], overdraft: amount))
      default: rig.broker.send(.transfer("k\(key)", from: names[0], to: names[1], amount % 5 * 10 + 1))
      }
    }
  }

  private mutating func trouble() {
    switch random.next(below: 3) {
    case 0:
      let key = IdempotencyKey(parsing: "k\(random.next(below: keys + 5))", topic: rig.broker.topic)
      rig.database.change { tables in if let key { tables.refusedKeys.insert(key) } }
    case 1:
      let questions: [SimulatedBroker.Question] = [.count, .range, .scan, .anchor]
      let question = questions[random.next(below: questions.count)]
      rig.broker.fail(question, LogFailure(.transient, code: "_T", message: "simulated"))
    default:
      guard !writers.isEmpty else { return }
      let source = writers[random.next(below: writers.count)].source
      if random.next(below: 2) == 0 {
        source.fail(LogFailure(.transient, code: "_T", message: "simulated"))
      } else if (source.position ?? 0) < rig.broker.ranges[Int(source.partition)].upperBound {
        source.lose(1)
      }
    }
  }

  /// Former owners stay: a zombie goes on whenever it is its turn.
  private mutating func takeOver(_ partition: Int32) throws {
    for _ in 0..<20 {
      do {
        writers.append(try rig.takeOver(partition, owner: "owner \(writers.count)"))
        return
      } catch is StoreFailure {
        continue
      }
    }
  }

  private mutating func work() throws {
    guard !writers.isEmpty else { return try takeOver(anyPartition()) }
    let index = random.next(below: writers.count)
    let writer = writers[index]
    let session = random.next(below: sessions.count)
    switch writer.work(&sessions[session]) {
    case .idle, .more: return
    case .stopped(.reread):
      writer.source.seek(writer.next)
    case .stopped(.fenced), .stopped(.revoked):
      writers.remove(at: index)
    case .stopped(.halted(let reason)):
      #expect(reason.contains("simulated failure"), "halted: \(reason)")
      writers.remove(at: index)
    case .stopped(let stop):
      Issue.record("a writer stopped: \(stop)")
      writers.remove(at: index)
    }
  }
}
