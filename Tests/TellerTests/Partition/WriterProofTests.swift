import TellerTestKit
import Testing

@testable import Teller

@Suite struct `A writer's proof of the log` {
  private func pay(_ rig: PartitionRig, _ keys: Int...) {
    for key in keys { rig.broker.send(.transfer("k\(key)", from: "a", to: "b", 1)) }
  }

  private func hiccup(_ kind: LogFailure.Kind) -> LogFailure { LogFailure(kind, code: "_X", message: "m") }

  @Test func `applies over a hole that a second reading confirms`() throws {
    let rig = try PartitionRig()
    try rig.openAccounts("a", "b")
    pay(rig, 1)
    rig.broker.appendGap(2, to: 0)
    pay(rig, 2)
    rig.broker.appendGap(to: 0)
    rig.broker.fail(.scan, hiccup(.transient), hiccup(.transient))
    #expect(rig.work(try rig.takeOver()) == "idle")
    #expect(rig.outcomes() == ["0 applied", "3 applied"])
    #expect(
      rig.database.tables.gaps.map(\.offsets).sorted { $0.lowerBound < $1.lowerBound } == [1..<3, 4..<5])
    #expect(rig.position() == 5)
    rig.audit()
  }

  @Test func `moves over a marker at the end that comes alone`() throws {
    let rig = try PartitionRig()
    let writer = try rig.takeOver()
    rig.broker.appendGap(3, to: 0)
    #expect(rig.work(writer) == "idle")
    #expect(rig.position() == 3)
    rig.audit()
  }

  @Test func `never applies over a hole that only its own queue has`() throws {
    let rig = try PartitionRig()
    try rig.openAccounts("a", "b")
    pay(rig, 1, 2, 3)
    let writer = try rig.takeOver()
    writer.source.lose(1)
    #expect(rig.work(writer) == "reread")
    #expect(rig.position() == 0)
    writer.source.seek(writer.next)
    #expect(rig.work(writer) == "idle")
    #expect(rig.position() == 3)
    rig.audit()
  }

  @Test func `halts where the log lost what was not decided`() throws {
    let rig = try PartitionRig()
    pay(rig, 1, 2, 3)
    let writer = try rig.takeOver()
    rig.broker.trim(0, to: 2)
    #expect(rig.work(writer).contains("left the log before they were decided"))
    let other = try rig.takeOver()
    other.source.seek(2)
    #expect(rig.work(other).contains("left the log before they were decided"))
    #expect(rig.position() == 0)
  }

  @Test func `proves a disturbed log before it commits any more of it`() throws {
    let rig = try PartitionRig()
    try rig.openAccounts("a", "b")
    pay(rig, 1)
    let writer = try rig.takeOver()
    #expect(rig.work(writer) == "idle")
    rig.signals.disturb()
    rig.broker.fail(.anchor, hiccup(.transient))
    pay(rig, 2)
    #expect(rig.work(writer) == "idle")
    #expect(rig.position() == 2)
    #expect(writer.verifiedDisturbance == rig.signals.disturbance)
  }

  @Test func `proves a log that is disturbed while the batch is under way before its commit`() throws {
    let signals = Signal<WorkerSignals?>(nil)
    let points = CrashPoints(armed: [.batchAfterLock]) { _ in
      // The log is replaced and the client reports it in the middle of the batch, once.
      signals.withLock { held in
        held?.disturb()
        held = nil
      }
    }
    let rig = try PartitionRig(crashPoints: points)
    try rig.openAccounts("a", "b")
    pay(rig, 1)
    let writer = try rig.takeOver()
    #expect(rig.work(writer) == "idle")
    signals.withLock { $0 = rig.signals }
    pay(rig, 2)
    rig.broker.fail(.anchor, hiccup(.transient))
    #expect(rig.work(writer) == "idle")
    #expect(rig.position() == 2)
    let retries = rig.events.withLock { events in
      events.count { if case .retrying = $0 { true } else { false } }
    }
    #expect(retries == 1)
    rig.audit()
  }

  @Test func `proves the log every thirty seconds`() throws {
    let rig = try PartitionRig()
    try rig.openAccounts("a", "b")
    pay(rig, 1)
    let writer = try rig.takeOver()
    #expect(rig.work(writer) == "idle")
    rig.broker.recreate(0, with: (0..<5).map { .transfer("n\($0)", from: "a", to: "b", 1) })
    // Nobody saw the change, and thirty seconds are not over: this is the window that the checkpoint bounds.
    rig.clock.advance(by: .seconds(31))
    #expect(rig.work(writer).contains("recreated"))
    #expect(rig.position() == 1)
  }

  /// The log is replaced between two looks of the client, and the longer one is decided to its end at once: nothing
  /// more comes, and a minute goes by so that a fresh checkpoint is due.
  @Test func `halts on a log that was replaced unnoticed, even when nothing more comes`() throws {
    let rig = try PartitionRig()
    try rig.openAccounts("a", "b")
    rig.broker.send(.transfer("k1", from: "a", to: "b", 1))
    let writer = try rig.takeOver()
    #expect(rig.work(writer) == "idle")
    rig.clock.advance(by: .seconds(31))
    rig.broker.send(.transfer("k2", from: "a", to: "b", 1))
    #expect(rig.work(writer) == "idle")
    rig.clock.advance(by: .seconds(29))
    rig.broker.recreate(0, with: (0..<5).map { .transfer("n\($0)", from: "a", to: "b", 1) })
    #expect(rig.work(writer) == "idle")
    #expect(rig.position() == 5)
    rig.clock.advance(by: .seconds(1))
    #expect(rig.work(writer).contains("recreated"))
  }

  @Test func `halts on a recreated log after a disturbance, and decides nothing of it`() throws {
    let rig = try PartitionRig()
    try rig.openAccounts("a", "b")
    pay(rig, 1)
    let writer = try rig.takeOver()
    #expect(rig.work(writer) == "idle")
    rig.broker.recreate(0, with: (0..<5).map { .transfer("n\($0)", from: "a", to: "b", 1) })
    rig.signals.disturb()
    #expect(rig.work(writer).contains("recreated"))
    #expect(rig.position() == 1)
  }

  @Test func `halts on a log that became shorter than the position`() throws {
    let rig = try PartitionRig()
    try rig.openAccounts("a", "b")
    pay(rig, 1, 2)
    let writer = try rig.takeOver()
    #expect(rig.work(writer) == "idle")
    rig.broker.recreate(0, with: [])
    #expect(rig.work(writer).contains("truncated or recreated"))
  }

  @Test func `takes a failed fetch as a disturbance, even behind records that came before it`() throws {
    let rig = try PartitionRig()
    try rig.openAccounts("a", "b")
    pay(rig, 1)
    let writer = try rig.takeOver()
    #expect(rig.work(writer) == "idle")
    let before = rig.signals.disturbance
    writer.source.fail(hiccup(.transient))
    #expect(rig.work(writer) == "idle")
    #expect(rig.signals.disturbance == before + 1)
    // The client says it once, behind a record: it must not be lost.
    pay(rig, 2)
    writer.source.failBehindNextRecord(hiccup(.outOfRange))
    #expect(rig.work(writer) == "more")
    #expect(rig.signals.disturbance == before + 2)
    #expect(rig.work(writer) == "reread")
    #expect(rig.position() == 2)
  }

  @Test func `ends the process where the client cannot go on`() throws {
    let rig = try PartitionRig()
    let writer = try rig.takeOver()
    writer.source.fail(hiccup(.fatal))
    #expect(rig.work(writer) == "log fatal")
  }

  @Test func `calls a record misrouted only after the count was read later than it`() throws {
    let rig = try PartitionRig(partitions: 2)
    try rig.openAccounts("a", "b")
    let stray = SimulatedRecord.transfer("k1", from: "a", to: "b", 1)
    let home = rig.broker.send(stray).partition
    let away = 1 - home
    rig.broker.append(stray, to: away)
    #expect(rig.work(try rig.takeOver(away)) == "idle")
    #expect(rig.outcomes(away) == ["0 dead misrouted"])
    #expect(rig.work(try rig.takeOver(home)) == "idle")
    rig.audit()
  }

  @Test func `halts the stream where the topic grew, and decides nothing`() throws {
    let rig = try PartitionRig(partitions: 2)
    try rig.openAccounts("a", "b")
    let record = SimulatedRecord.transfer("k1", from: "a", to: "b", 1)
    let home = rig.broker.send(record).partition
    rig.broker.append(record, to: 1 - home)
    rig.broker.grow(to: 3)
    let writer = try rig.takeOver(1 - home)
    #expect(rig.work(writer).hasPrefix("stream halted"))
    #expect(rig.outcomes(1 - home) == [])
    #expect(rig.position(1 - home) == 0)
  }
}
