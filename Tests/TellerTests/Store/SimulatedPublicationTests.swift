import Ledger
import TellerTestKit
import Testing

@testable import Teller

/// What the simulated stores can be made to do, beside what every store must.
@Suite struct `Publication in the simulation` {
  private let rig: PartitionRig
  private let publisher: Publisher

  init() throws {
    rig = try PartitionRig()
    try rig.openAccounts("a", "b")
    publisher = Publisher(
      stream: rig.stream, noEffect: SimulatedLedgerHandler.noEffect, sink: SimulatedEventSink(),
      signals: rig.signals, settings: Publisher.Settings(), now: { .zero }, report: { _ in })
    rig.publish(to: publisher)
  }

  /// Applied, opened, refused, repeated, in one batch; then once more.
  private func work() throws -> Ownership {
    rig.broker.append(.transfer("1", from: "a", to: "b", 300), to: 0)
    rig.broker.append(.opening("2", of: "c"), to: 0)
    rig.broker.append(.transfer("3", from: "b", to: "a", 5_000), to: 0)
    rig.broker.append(.transfer("4", from: "b", to: "c", 20), to: 0)
    rig.broker.append(.transfer("1", from: "a", to: "b", 300), to: 0)
    let writer = try rig.takeOver()
    while rig.work(writer) == "more" {}
    rig.broker.append(.transfer("5", from: "c", to: "a", 1), to: 0)
    while rig.work(writer) == "more" {}
    return writer.ownership
  }

  private func effects(_ batches: [DecidedBatch]) -> [String] {
    batches.flatMap { batch in
      batch.entries.filter { $0.told == .applied }.map { entry in
        let start = entry.start + max(entry.keyLength, 0) + entry.requestLength
        return String(decoding: batch.bytes[start..<(start + entry.effectLength)], as: UTF8.self)
      }
    }
  }

  private var remembered: [DecidedBatch] {
    publisher.inbox.withLock { $0.messages }.compactMap { message in
      if case .committed(let batch, _, _) = message { batch } else { nil }
    }
  }

  @Test func `tells the same effects from memory and from the tables`() throws {
    let owner = try work()
    let store = SimulatedPublicationStore(rig.database)
    let rows = try store.decided(in: 0..<6, of: owner.id, rowsMax: 100).flatMap(\.rows)
    let told = rows.filter { $0.told == .applied }.map { String(decoding: $0.effect, as: UTF8.self) }
    #expect(effects(remembered) == told)
    #expect(told.count == 4)
    #expect(told.first?.contains(#"{"account":"a","balance":700,"version":1}"#) == true)
    #expect(told[1] == #""balances":[{"account":"c","balance":0,"version":0}]"#)
    let others = rows.filter { $0.told != .applied }.map { String(decoding: $0.effect, as: UTF8.self) }
    #expect(others == [BalancesText.none, BalancesText.none])
  }

  @Test func `forgets what a commit told where a fault says so`() throws {
    rig.database.faults.script(.disconnected, at: .facts)
    _ = try work()
    let messages = publisher.inbox.withLock { $0.messages }
    let kinds = messages.map { message in
      switch message {
      case .advanced(_, let offset): "advanced to \(offset)"
      case .committed(let batch, _, _): "committed to \(batch.to)"
      default: "else"
      }
    }
    #expect(kinds == ["advanced to 5", "committed to 6"])
  }

  @Test func `fails as it is told to, and a move whose answer was lost took place`() throws {
    let owner = try work()
    let store = SimulatedPublicationStore(rig.database)
    let wish = CursorMove(partition: owner.id, epoch: owner.epoch, owner: owner.owner, published: 3)
    rig.database.faults.script(.failed(.contended), .commitLost(tookEffect: true), at: .publication)
    rig.database.faults.script(.disconnected, at: .publicationReconnect)
    #expect(#expect(throws: StoreFailure.self) { try store.move([wish]) }?.kind == .contended)
    #expect(rig.database.tables.cursors[owner.id] == nil)
    let lost = #expect(throws: StoreFailure.self) { try store.move([wish]) }
    #expect(lost?.kind == .disconnected(commitInDoubt: false))
    #expect(rig.database.tables.cursors[owner.id]?.published == 3)
    #expect(throws: StoreFailure.self) { try store.histories() }
    #expect(throws: StoreFailure.self) { try store.reconnect() }
    try store.reconnect()
    #expect(try store.openCursors([owner]).map(\.previous) == [2])
  }
}
