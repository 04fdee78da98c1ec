import Testing

@testable import Teller

@Suite struct `The recovery of a batch` {
  private func failure(_ kind: StoreFailure.Kind) -> StoreFailure { StoreFailure(kind, message: "m") }

  private func isHalt(_ action: BatchRecovery.Action) -> Bool {
    if case .halt = action { true } else { false }
  }

  @Test func `passes on a refusal of the guard`() {
    var recovery = BatchRecovery()
    let row = OwnerRow(epoch: 2, owner: "b", nextOffset: 9)
    #expect(recovery.failed(failure(.fenced(row)), jobs: 3) == .fenced(row))
  }

  @Test func `asks first after a claim that exists`() {
    var recovery = BatchRecovery()
    #expect(recovery.failed(failure(.claimConflict), jobs: 3) == .rerunCarefully)
  }

  @Test func `runs a batch that meets conflicts again, more slowly, and halts after fifty`() {
    var recovery = BatchRecovery()
    var delays: [Duration] = []
    for _ in 0..<BatchRecovery.conflictsMax {
      guard case .rerun(let delay) = recovery.failed(failure(.conflict), jobs: 3) else {
        Issue.record("a conflict must be run again")
        return
      }
      delays.append(delay)
    }
    #expect(delays.first == .milliseconds(2))
    #expect(zip(delays, delays.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(delays.last == .milliseconds(200))
    #expect(isHalt(recovery.failed(failure(.conflict), jobs: 3)))
  }

  @Test func `reconnects at once, then more and more slowly, without end`() {
    var recovery = BatchRecovery()
    #expect(!recovery.mustReconnect)
    #expect(
      recovery.failed(failure(.disconnected(commitInDoubt: false)), jobs: 1) == .reconnect(after: .zero))
    #expect(recovery.mustReconnect)
    for _ in 0..<100 { _ = recovery.failed(failure(.disconnected(commitInDoubt: false)), jobs: 1) }
    let last = recovery.failed(failure(.disconnected(commitInDoubt: false)), jobs: 1)
    #expect(last == .reconnect(after: .seconds(2)))
    recovery.reconnected()
    #expect(!recovery.mustReconnect)
    #expect(!recovery.isInDoubt)
  }

  @Test func `stays in doubt about a commit until the locked read has spoken`() {
    var recovery = BatchRecovery()
    _ = recovery.failed(failure(.disconnected(commitInDoubt: true)), jobs: 1)
    _ = recovery.failed(failure(.disconnected(commitInDoubt: false)), jobs: 1)
    recovery.reconnected()
    _ = recovery.failed(failure(.conflict), jobs: 1)
    _ = recovery.failed(failure(.exhausted), jobs: 1)
    #expect(recovery.isInDoubt)
    recovery.resolved()
    #expect(!recovery.isInDoubt)
  }

  @Test func `waits while disk or memory is exhausted, and never skips`() {
    var recovery = BatchRecovery()
    #expect(recovery.failed(failure(.exhausted), jobs: 1) == .rerun(after: .milliseconds(500)))
    for _ in 0..<100 { _ = recovery.failed(failure(.exhausted), jobs: 1) }
    #expect(recovery.failed(failure(.exhausted), jobs: 1) == .rerun(after: .seconds(5)))
  }

  @Test func `halves a refused batch and gives a single record a second chance`() {
    var recovery = BatchRecovery()
    #expect(recovery.failed(failure(.refused), jobs: 2) == .halve)
    var alone = BatchRecovery()
    #expect(alone.failed(failure(.refused), jobs: 1) == .rerun(after: .zero))
    #expect(alone.failed(failure(.refused), jobs: 1) == .declareDead)
  }

  @Test func `halts where a batch without jobs is refused, or nobody knows the failure`() {
    var recovery = BatchRecovery()
    #expect(isHalt(recovery.failed(failure(.refused), jobs: 0)))
    #expect(isHalt(recovery.failed(failure(.unexpected), jobs: 1)))
  }

  @Test func `stops the process where schema or privileges are wrong`() {
    var recovery = BatchRecovery()
    #expect(recovery.failed(failure(.broken), jobs: 1) == .stop(failure(.broken)))
  }

  @Test func `waits longer each time, and never longer than it may`() {
    let delays = (0...60).map { BatchRecovery.backoff($0, first: .milliseconds(1), most: .seconds(1)) }
    #expect(delays[0] == .zero)
    #expect(delays[1] == .milliseconds(1))
    #expect(delays[2] == .milliseconds(2))
    #expect(delays[11...].allSatisfy { $0 == .seconds(1) })
  }
}

@Suite struct `The resolution of a lost commit` {
  static let rows: [(OwnerRow, CommitResolution)] = [
    (OwnerRow(epoch: 3, owner: "a", nextOffset: 20), .committed),
    (OwnerRow(epoch: 3, owner: "a", nextOffset: 10), .notCommitted),
    (OwnerRow(epoch: 4, owner: "a", nextOffset: 20), .fenced(OwnerRow(epoch: 4, owner: "a", nextOffset: 20))),
    (OwnerRow(epoch: 3, owner: "b", nextOffset: 20), .fenced(OwnerRow(epoch: 3, owner: "b", nextOffset: 20))),
    (OwnerRow(epoch: 2, owner: "a", nextOffset: 10), .fenced(OwnerRow(epoch: 2, owner: "a", nextOffset: 10))),
    (OwnerRow(epoch: 3, owner: "a", nextOffset: 9), .astray(OwnerRow(epoch: 3, owner: "a", nextOffset: 9))),
    (OwnerRow(epoch: 3, owner: "a", nextOffset: 21), .astray(OwnerRow(epoch: 3, owner: "a", nextOffset: 21))),
  ]

  @Test(arguments: rows) func `reads the row against what the writer believed`(
    row: OwnerRow, wanted: CommitResolution
  ) {
    let fence = Fence(partition: PartitionID(1), epoch: 3, owner: "a", from: 10, to: 20, anchors: Anchors())
    #expect(CommitResolution(row, against: fence) == wanted)
  }
}
