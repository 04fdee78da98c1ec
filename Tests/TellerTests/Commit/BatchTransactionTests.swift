import Ledger
import TellerTestKit
import Testing

@testable import Teller

/// A handler that notes what it is asked, refuses what it is told to, and can ask for more rounds.
struct ScriptedHandler: JobHandler {
  final class Notes {
    var calls: [String] = []
    var rounds: [LoadStep] = [.complete]
    var refused: Set<Int64> = []
    var persistFailure: StoreFailure.Kind?
  }

  let notes = Notes()

  mutating func decode(key: RawSpan, value: RawSpan) -> Decoded<String> {
    .dead(DeadLetterCause(.undecodable, "test"), key: nil)
  }

  mutating func load(_ jobs: [BatchJob<String>], in transaction: SimulatedTransaction) throws(StoreFailure) {
    notes.calls.append("load \(jobs.count)")
  }

  mutating func loaded(in transaction: SimulatedTransaction) throws(StoreFailure) -> LoadStep {
    notes.calls.append("loaded")
    return notes.rounds.count > 1 ? notes.rounds.removeFirst() : notes.rounds[0]
  }

  mutating func decide(_ job: BatchJob<String>) -> Decision {
    notes.calls.append("decide \(job.offset)")
    return notes.refused.contains(job.offset) ? .rejected(code: "no") : .applied
  }

  mutating func persist(_ commit: BatchCommit, in transaction: SimulatedTransaction) throws(StoreFailure) {
    notes.calls.append("persist")
    guard let kind = notes.persistFailure else { return }
    transaction.append { (_) throws(StoreFailure) in throw StoreFailure(kind, message: "test") }
  }

  mutating func committed() { notes.calls.append("committed") }

  mutating func forget() { notes.calls.append("forget") }
}

@Suite struct `A batch's transaction` {
  private let database = SimulatedDatabase()
  private let ownership: Ownership
  private let store: SimulatedStore

  init() throws {
    let owners = SimulatedOwnershipStore(database)
    let stream = try owners.openStream(SimulatedBroker().sighting())
    ownership = try owners.takeOver(0, of: stream, owner: "a")
    store = SimulatedStore(database)
  }

  private func run(
    _ jobs: [BatchJob<String>], _ handler: ScriptedHandler, from: Int64 = 0, carefully: Bool = false,
    isLogProved: Bool = true, points: CrashPoints = .none
  ) throws -> BatchOutcomes {
    var handler = handler
    let to = (jobs.last?.offset ?? from) + 1
    let fence = Fence(
      partition: ownership.id, epoch: ownership.epoch, owner: "a", from: from, to: to, anchors: Anchors())
    let plan = ClaimPlan(jobs, recent: RecentKeys(keysMax: 8))
    let batch = PreparedBatch(from: from, to: to, jobs: jobs, dead: [], gaps: [])
    let transaction = BatchTransaction<ScriptedHandler, SimulatedStore>(
      store: store, crashPoints: points, isLogProved: { isLogProved })
    return try transaction.execute(
      batch, fence: fence, plan: plan, carefully: carefully, claimsKeys: true, handler: &handler)
  }

  private func failure(_ body: () throws -> BatchOutcomes) -> StoreFailure.Kind? {
    do {
      _ = try body()
      return nil
    } catch {
      return (error as? StoreFailure)?.kind
    }
  }

  @Test func `asks the handler for its steps in order, and each new key once`() throws {
    let handler = ScriptedHandler()
    handler.notes.refused = [1]
    let jobs = [job(0, key: 5), job(1, key: 3), job(2, key: 5), job(3, key: 3, meaning: 9)]
    let outcomes = try run(jobs, handler)
    #expect(handler.notes.calls == ["load 4", "loaded", "decide 0", "decide 1", "persist"])
    #expect(outcomes.appliedCount == 1)
    #expect(outcomes.refusals == [BatchOutcomes.Refusal(offset: 1, code: "no")])
    #expect(outcomes.repeats.map(\.offset) == [2, 3])
    #expect(outcomes.repeats.map(\.first.offset) == [0, 1])
    #expect(outcomes.repeats.map(\.isReuse) == [false, true])
    #expect((outcomes.from, outcomes.to) == (0, 4))
  }

  @Test func `finds what was decided before where it looks first`() throws {
    _ = try run([job(0, key: 5, meaning: 1)], ScriptedHandler())
    let handler = ScriptedHandler()
    let jobs = [job(1, key: 7), job(2, key: 5, meaning: 1), job(3, key: 5, meaning: 2)]
    #expect(failure { try run(jobs, handler, from: 1) } == .claimConflict)
    try store.rollback()
    handler.notes.calls = []
    let outcomes = try run(jobs, handler, from: 1, carefully: true)
    #expect(handler.notes.calls == ["load 3", "loaded", "decide 1", "persist"])
    #expect(outcomes.repeats.map(\.first) == [0, 0].map { Location(partition: ownership.id, offset: $0) })
    #expect(outcomes.repeats.map(\.isReuse) == [false, true])
  }

  @Test func `lets a handler load in several rounds, but not without end`() throws {
    let handler = ScriptedHandler()
    handler.notes.rounds = [.more, .more, .complete]
    _ = try run([job(0, key: 1)], handler)
    #expect(handler.notes.calls.count { $0 == "loaded" } == 3)
    let stuck = ScriptedHandler()
    stuck.notes.rounds = [.more]
    #expect(failure { try run([job(1, key: 2)], stuck, from: 1) } == .unexpected)
  }

  @Test func `starts over where the handler says so`() throws {
    let handler = ScriptedHandler()
    handler.notes.rounds = [.startOver]
    #expect(failure { try run([job(0, key: 1)], handler) } == .contended)
    #expect(!handler.notes.calls.contains("persist"))
  }

  @Test func `asks no handler where there is no job`() throws {
    let handler = ScriptedHandler()
    _ = try run([], handler)
    #expect(handler.notes.calls == [])
    #expect(database.tables.batches.map(\.offsets) == [0..<1])
  }

  @Test func `is not committed while the log is unproved`() throws {
    #expect(failure { try run([job(0, key: 1)], ScriptedHandler(), isLogProved: false) } == .contended)
    try store.rollback()
    #expect(database.tables.batches.isEmpty)
    #expect(database.tables.keys.isEmpty)
  }

  @Test func `takes a refusal in the handler's part as the handler's`() throws {
    let handler = ScriptedHandler()
    handler.notes.persistFailure = .refused
    #expect(failure { try run([job(0, key: 1)], handler) } == .refused)
    try store.rollback()
    #expect(database.tables.keys.isEmpty)
  }

  @Test func `passes its crash points in order`() throws {
    let passed = Signal<[CrashPoint]>([])
    let points = CrashPoints(armed: Set(CrashPoint.allCases)) { point in passed.withLock { $0.append(point) }
    }
    _ = try run([job(0, key: 1)], ScriptedHandler(), points: points)
    let wanted: [CrashPoint] = [
      .batchBeforeBegin, .batchAfterFence, .batchAfterDedup, .batchAfterLock, .batchAfterPersist, .commitSent,
      .commitAcknowledged,
    ]
    #expect(passed.withLock { $0 } == wanted)
  }
}
