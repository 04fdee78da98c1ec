import TellerTestKit

@testable import Teller

/// A publisher with its threads over a simulated sink and a table of one partition.
final class PublisherRig: Sendable {
  let sink = SimulatedEventSink()
  let store = CursorTable()
  let events = Signal<[WorkerEvent]>([])
  let publisher: Publisher
  private let owned = Signal<Int64>(0)

  init(_ change: (inout Publisher.Settings) -> Void = { _ in }) {
    var settings = Publisher.Settings()
    settings.movePeriod = .milliseconds(20)
    settings.retryPeriod = .milliseconds(100)
    change(&settings)
    let (clock, events, store) = (ContinuousClock(), events, store)
    let began = clock.now
    publisher = Publisher(
      stream: StreamIdentity(
        id: 1, topic: "transfers", incarnation: 1, clusterID: "c", partitionCount: 1, placement: .unverified,
        group: "g"),
      noEffect: "\"balances\":null", sink: sink, signals: WorkerSignals(), settings: settings,
      now: { began.duration(to: clock.now) }, report: { event in events.withLock { $0.append(event) } })
    publisher.start(makeStore: { CursorSession(store) }) {
      { _, ownership, range in
        // As `CatchUp` does: a bounded piece.
        [Self.batch(range.lowerBound..<min(range.upperBound, range.lowerBound + 10), ownership)]
      }
    }
  }

  private func ownership() -> Ownership {
    Ownership(
      partition: 0, id: PartitionID(9), epoch: owned.withLock { $0 }, owner: "me", nextOffset: 0,
      anchors: Anchors())
  }

  func own(epoch: Int64) {
    owned.withLock { $0 = epoch }
    publisher.own([ownership()])
  }

  func commit(_ range: Range<Int64>) {
    store.decided(range.upperBound)
    publisher.committed(Self.batch(range, ownership()), ownership(), reload: 0)
  }

  func advance(to offset: Int64) {
    store.decided(offset)
    publisher.advanced(ownership(), to: offset)
  }

  /// Waits until the publisher has heard everything that it was told, and has gone round once more.
  func turnOver() {
    for _ in 0..<3 {
      publisher.inbox.withLock { $0.backlog = -1 }
      _ = publisher.inbox.wait(for: .seconds(5)) { $0.messages.isEmpty && $0.backlog != -1 ? true : nil }
    }
  }

  private static func batch(_ range: Range<Int64>, _ ownership: Ownership) -> DecidedBatch {
    var batch = DecidedBatch(
      partition: 0, incarnation: 1, epoch: ownership.epoch, history: 1, decidedAt: 0, range: range)
    for offset in range {
      batch.append(offset: offset, told: .applied, key: nil, trace: nil) { _ in (-1, 0, 0) }
    }
    return batch
  }
}

/// The cursor of one partition, and how often anything was asked.
final class CursorTable: Sendable {
  struct State {
    var cursor: Int64 = 0
    var decided: Int64 = 0
    var asked = 0
    var fails = false
    var leavesOut = false
    var notes: [String] = []
  }

  let state = Signal(State())

  var cursor: Int64 { state.withLock { $0.cursor } }
  var asked: Int { state.withLock { $0.asked } }

  func decided(_ offset: Int64) { state.withLock { $0.decided = max($0.decided, offset) } }
  func fails(_ fails: Bool) { state.withLock { $0.fails = fails } }
  func leavesOut(_ leavesOut: Bool) { state.withLock { $0.leavesOut = leavesOut } }
  func untilAsked(_ count: Int) -> Bool {
    state.wait(for: .seconds(20)) { $0.asked >= count ? true : nil } ?? false
  }
  func untilNoted(_ isIt: (String) -> Bool) -> Bool {
    state.wait(for: .seconds(20)) { $0.notes.contains(where: isIt) ? true : nil } ?? false
  }
}

/// A session with a cursor table.
final class CursorSession: PublicationStore {
  private let table: CursorTable

  init(_ table: CursorTable) { self.table = table }

  private func ask<Answer>(_ body: (inout CursorTable.State) -> Answer) throws(StoreFailure) -> Answer {
    let answer: Answer? = table.state.withLock { state in
      state.asked += 1
      return state.fails ? nil : body(&state)
    }
    guard let answer else { throw StoreFailure(.contended, message: "the store fails") }
    return answer
  }

  func openCursors(_ ownerships: [Ownership]) throws(StoreFailure) -> [PublicationCursor] {
    try ask { state in
      state.leavesOut
        ? []
        : ownerships.map {
          PublicationCursor(
            partition: $0.id, published: state.cursor, previous: state.cursor > 0 ? state.cursor - 1 : nil,
            decided: state.decided)
        }
    }
  }

  func move(_ wishes: [CursorMove]) throws(StoreFailure) -> Set<PartitionID> {
    try ask { state in
      for wish in wishes { state.cursor = max(state.cursor, wish.published) }
      return Set(wishes.map(\.partition))
    }
  }

  func decided(
    in range: Range<Int64>, of partition: PartitionID, rowsMax: Int
  ) throws(StoreFailure) -> [DecidedStretch] { [] }

  func histories() throws(StoreFailure) -> [Int32: UInt128] { try ask { _ in [1: 1] } }

  func note(trouble: String, of partitions: [PartitionID]) throws(StoreFailure) {
    try ask { $0.notes.append(trouble) }
  }

  func reconnect() throws(StoreFailure) {}
}
