import Ledger
import TellerTestKit
import Testing

@testable import Teller

@Suite struct `A partition's writer` {
  private func pay(_ rig: PartitionRig, _ keys: Int..., amount: Int64 = 1) {
    for key in keys { rig.broker.send(.transfer("k\(key)", from: "a", to: "b", amount)) }
  }

  @Test func `decides what waits, in one batch, and is idle`() throws {
    let rig = try PartitionRig()
    try rig.openAccounts("a", "b")
    pay(rig, 1, 2, 1)
    rig.broker.send(.transfer("k2", from: "a", to: "b", 7))
    rig.broker.send(SimulatedRecord("a", "nonsense"))
    rig.broker.send(.transfer("k3", from: "a", to: "b", 5_000))
    let writer = try rig.takeOver()
    #expect(rig.work(writer) == "idle")
    #expect(
      rig.outcomes() == [
        "0 applied", "1 applied", "2 duplicate", "3 rejected idempotency_key_reused", "4 dead undecodable",
        "5 rejected insufficient_funds",
      ])
    #expect(rig.database.tables.batches.count == 1)
    #expect(rig.balance("a") == 998)
    #expect(rig.work(writer) == "idle")
    rig.audit()
  }

  @Test func `stops a batch at its cap and says that more waits`() throws {
    let rig = try PartitionRig(batch: BatchLimits(recordsMax: 2))
    try rig.openAccounts("a", "b")
    pay(rig, 1, 2, 3)
    let writer = try rig.takeOver()
    #expect(rig.work(writer) == "more")
    #expect(rig.position() == 2)
    #expect(rig.work(writer) == "idle")
    #expect(rig.position() == 3)
    rig.audit()
  }

  @Test(arguments: [true, false])
  func `finds out what became of a COMMIT whose answer was lost`(tookEffect: Bool) throws {
    let rig = try PartitionRig()
    try rig.openAccounts("a", "b")
    pay(rig, 1, 2)
    let writer = try rig.takeOver()
    rig.database.faults.script(.commitLost(tookEffect: tookEffect), at: .commit)
    // The first attempts to reconnect and to ask fail as well: the doubt must outlive them.
    rig.database.faults.script(.disconnected, nil, .disconnected, at: .reconnect)
    rig.database.faults.script(.disconnected, at: .resolve)
    #expect(rig.work(writer) == "idle")
    #expect(rig.outcomes() == ["0 applied", "1 applied"])
    #expect(rig.database.tables.batches.count == 1)
    pay(rig, 3)
    #expect(rig.work(writer) == "idle")
    #expect(rig.position() == 3)
    rig.audit()
  }

  @Test func `is fenced by a takeover, and nothing of it is committed`() throws {
    let rig = try PartitionRig()
    try rig.openAccounts("a", "b")
    let zombie = try rig.takeOver()
    let owner = try rig.takeOver(owner: "b")
    pay(rig, 1)
    #expect(rig.work(zombie) == "fenced")
    #expect(rig.position() == 0)
    #expect(rig.work(owner) == "idle")
    zombie.source.seek(0)
    #expect(rig.work(zombie) == "fenced")
    #expect(rig.outcomes() == ["0 applied"])
    rig.audit()
  }

  @Test(arguments: [true, false])
  func `is fenced where another took over while a commit was in doubt`(tookEffect: Bool) throws {
    let taken = Signal(false)
    let points = CrashPoints(armed: [.commitSent]) { _ in taken.withLock { $0 = true } }
    let rig = try PartitionRig(crashPoints: points)
    try rig.openAccounts("a", "b")
    pay(rig, 1)
    let (database, stream) = (rig.database, rig.stream)
    // The successor comes while the zombie waits before it connects again.
    rig.whileWaiting {
      guard taken.withLock({ $0 }) else { return }
      taken.withLock { $0 = false }
      _ = try? SimulatedOwnershipStore(database).takeOver(0, of: stream, owner: "b")
    }
    let writer = try rig.takeOver()
    rig.database.faults.script(.commitLost(tookEffect: tookEffect), at: .commit)
    rig.database.faults.script(.disconnected, at: .reconnect)
    #expect(rig.work(writer) == "fenced")
    #expect(rig.outcomes() == (tookEffect ? ["0 applied"] : []))
    #expect(rig.work(try rig.takeOver(owner: "b")) == "idle")
    #expect(rig.outcomes() == ["0 applied"])
    rig.audit()
  }

  @Test func `sees that the database went back behind what it saw committed`() throws {
    let rig = try PartitionRig()
    try rig.openAccounts("a", "b")
    let writer = try rig.takeOver()
    pay(rig, 1)
    let backup = rig.database.tables
    #expect(rig.work(writer) == "idle")
    rig.database.change { $0 = backup }
    pay(rig, 2)
    #expect(rig.work(writer) == "went back")
    #expect(rig.work(try rig.takeOver()) == "idle")
    #expect(rig.outcomes() == ["0 applied", "1 applied"])
    rig.audit()
  }

  @Test func `sees that the database went back behind its own takeover`() throws {
    let rig = try PartitionRig()
    let backup = rig.database.tables
    let writer = try rig.takeOver()
    rig.database.change { $0 = backup }
    pay(rig, 1)
    #expect(rig.work(writer) == "went back")
  }

  @Test func `remembers nothing of what a rollback took back`() throws {
    let rig = try PartitionRig()
    let euro = try #require(Currency("EUR"))
    let database = rig.database
    // While the writer waits to connect, somebody else is given the surrogate id that was rolled back.
    rig.whileWaiting {
      if database.tables.accounts.isEmpty { database.open("b", balance: 1_000, currency: euro) }
    }
    let writer = try rig.takeOver()
    rig.broker.send(.opening("o1", of: "a", overdraft: 100))
    database.faults.script(.commitLost(tookEffect: false), at: .commit)
    database.faults.script(.disconnected, at: .reconnect)
    #expect(rig.work(writer) == "idle")
    pay(rig, 1)
    #expect(rig.work(writer) == "idle")
    #expect(rig.outcomes() == ["0 applied", "1 applied"])
    #expect(rig.balance("b") == 1_001)
    rig.audit()
  }

  @Test(arguments: 0..<7) func `finds the one record that the database refuses`(bad: Int) throws {
    let rig = try PartitionRig()
    try rig.openAccounts("a", "b")
    pay(rig, 0, 1, 2, 3, 4, 5, 6)
    let key = try #require(IdempotencyKey(parsing: "k\(bad)", topic: rig.broker.topic))
    rig.database.change { $0.refusedKeys = [key] }
    #expect(rig.work(try rig.takeOver()) == "idle")
    let wanted = (0..<7).map { $0 == bad ? "\($0) dead refused_by_database" : "\($0) applied" }
    #expect(rig.outcomes() == wanted)
    #expect(rig.balance("b") == 1_006)
    // The dead one took no key: once the database is mended, the same key may be sent again.
    rig.database.change { $0.refusedKeys = [] }
    pay(rig, bad)
    #expect(rig.work(try rig.takeOver()) == "idle")
    #expect(rig.outcomes().last == "7 applied")
  }

  @Test func `halts where nobody knows the failure, and stops where the schema is wrong`() throws {
    let rig = try PartitionRig()
    try rig.openAccounts("a", "b")
    pay(rig, 1)
    rig.database.faults.script(.failed(.unexpected), at: .synchronize)
    #expect(rig.work(try rig.takeOver()).hasPrefix("halted"))
    rig.database.faults.script(.failed(.broken), at: .synchronize)
    #expect(rig.work(try rig.takeOver()) == "store broken")
    #expect(rig.work(try rig.takeOver()) == "idle")
    #expect(rig.outcomes() == ["0 applied"])
    rig.audit()
  }

  @Test func `looks first after a claim that exists, and finds repeats of other partitions`() throws {
    let rig = try PartitionRig(partitions: 2)
    try rig.openAccounts("a", "b")
    let record = SimulatedRecord.transfer("k1", from: "a", to: "b", 1)
    let home = rig.broker.send(record).partition
    #expect(rig.work(try rig.takeOver(home)) == "idle")
    let again = try rig.takeOver(home, recentKeysMax: 0)
    rig.broker.send(record)
    rig.broker.send(.transfer("k1", from: "a", to: "b", 2))
    #expect(rig.work(again) == "idle")
    #expect(
      rig.outcomes(home) == ["0 applied", "1 duplicate", "2 rejected idempotency_key_reused"])
    #expect(again.claimMode.isCareful)
    rig.audit()
  }

  @Test func `gives up its batch where the partition is revoked while it is being mended`() throws {
    let rig = try PartitionRig()
    try rig.openAccounts("a", "b")
    pay(rig, 1)
    let writer = try rig.takeOver()
    rig.isRevoked.withLock { $0 = true }
    rig.database.faults.script(.failed(.conflict), at: .synchronize)
    #expect(rig.work(writer) == "revoked")
    #expect(rig.outcomes() == [])
  }

  @Test func `forgets its recent keys after a reload, whichever session saw it first`() throws {
    let rig = try PartitionRig(partitions: 2)
    try rig.openAccounts("a", "b")
    let record = SimulatedRecord.transfer("k1", from: "a", to: "b", 1)
    let home = rig.broker.send(record).partition
    let writer = try rig.takeOver(home)
    let other = try rig.takeOver(1 - home)
    #expect(rig.work(writer) == "idle")
    #expect(writer.recent[try #require(IdempotencyKey(parsing: "k1", topic: rig.broker.topic))] != nil)
    rig.signals.dropMemories()
    #expect(rig.work(other) == "idle")
    #expect(rig.work(writer) == "idle")
    #expect(writer.recent[try #require(IdempotencyKey(parsing: "k1", topic: rig.broker.topic))] == nil)
  }
}
