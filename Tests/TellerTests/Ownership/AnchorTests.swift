import TellerTestKit
import Testing

@testable import Teller

@Suite struct `The keeper of anchors` {
  private func anchor(_ offset: Int64) -> Anchor { Anchor(offset: offset, digest: [UInt8(offset)]) }

  @Test func `moves the last record along and keeps the checkpoint for a minute`() {
    var keeper = AnchorKeeper(Anchors(), now: .zero)
    keeper.committed(keeper.after(anchor(1), now: .seconds(1)), now: .seconds(1))
    #expect(keeper.anchors == Anchors(last: anchor(1), checkpoint: anchor(1)))
    keeper.committed(keeper.after(anchor(2), now: .seconds(60)), now: .seconds(60))
    #expect(keeper.anchors == Anchors(last: anchor(2), checkpoint: anchor(1)))
    keeper.verified()
    keeper.committed(keeper.after(anchor(3), now: .seconds(61)), now: .seconds(61))
    #expect(keeper.anchors == Anchors(last: anchor(3), checkpoint: anchor(2)))
  }

  @Test func `moves the checkpoint to no record that was not verified`() {
    var keeper = AnchorKeeper(Anchors(), now: .zero)
    for second in 1...200 as ClosedRange<Int64> {
      keeper.committed(keeper.after(anchor(second), now: .seconds(second)), now: .seconds(second))
    }
    #expect(keeper.anchors == Anchors(last: anchor(200), checkpoint: anchor(1)))
  }

  @Test func `leaves both as they are after a batch without a record`() {
    let anchors = Anchors(last: anchor(1), checkpoint: anchor(0))
    #expect(AnchorKeeper(anchors, now: .zero).after(nil, now: .seconds(99)) == anchors)
  }

  @Test func `does not move before the commit is certain`() {
    let keeper = AnchorKeeper(Anchors(last: anchor(1), checkpoint: anchor(0)), now: .zero)
    _ = keeper.after(anchor(5), now: .seconds(99))
    #expect(keeper.anchors.last == anchor(1))
  }
}

@Suite struct `An anchor` {
  @Test func `tells null from empty, key from value, and times apart`() {
    let anchors = [
      Anchor(offset: 0, key: nil, value: [], timestamp: 1),
      Anchor(offset: 0, key: [], value: nil, timestamp: 1),
      Anchor(offset: 0, key: [], value: [], timestamp: 1),
      Anchor(offset: 0, key: nil, value: nil, timestamp: 1),
      Anchor(offset: 0, key: [1], value: [2, 3], timestamp: 1),
      Anchor(offset: 0, key: [1, 2], value: [3], timestamp: 1),
      Anchor(offset: 0, key: [1], value: [2, 3], timestamp: 2),
    ]
    #expect(Set(anchors.map(\.digest)).count == anchors.count)
    #expect(anchors.allSatisfy { $0.digest.count == 32 })
  }
}

@Suite struct `The verification of anchors` {
  private let broker = SimulatedBroker()

  private func anchor(_ offset: Int64) throws -> Anchor {
    try #require(try SimulatedLogReader(broker).anchor(at: offset, of: 0))
  }

  private func fill(_ count: Int) {
    for number in 0..<count { broker.append(SimulatedRecord("a", "\(number)"), to: 0) }
  }

  private func verify(_ anchors: Anchors, next: Int64) throws -> AnchorVerification.Finding {
    try AnchorVerification.verify(
      anchors, next: next, range: broker.ranges[0], partition: 0, reader: SimulatedLogReader(broker))
  }

  private func isOther(_ finding: AnchorVerification.Finding) -> Bool {
    if case .other = finding { true } else { false }
  }

  @Test func `finds the same log, and a new one without anchors`() throws {
    fill(5)
    #expect(try verify(Anchors(last: anchor(4), checkpoint: anchor(0)), next: 5) == .same)
    #expect(try verify(Anchors(), next: 0) == .same)
  }

  @Test func `accepts an anchor that expired while the position has not`() throws {
    fill(5)
    let anchors = Anchors(last: try anchor(2), checkpoint: try anchor(0))
    broker.trim(0, to: 2)
    #expect(try verify(anchors, next: 3) == .expired)
    broker.trim(0, to: 3)
    #expect(try verify(anchors, next: 3) == .expired)
  }

  @Test func `finds a position that the log has lost`() throws {
    fill(5)
    broker.trim(0, to: 4)
    #expect(isOther(try verify(Anchors(), next: 3)))
  }

  @Test func `finds a log that is shorter than the position`() throws {
    fill(2)
    #expect(isOther(try verify(Anchors(), next: 3)))
  }

  @Test func `finds a longer log by the checkpoint as well as by the last record`() throws {
    fill(5)
    let anchors = Anchors(last: try anchor(4), checkpoint: try anchor(1))
    broker.recreate(0, with: (0..<9).map { SimulatedRecord("a", "new \($0)") })
    #expect(isOther(try verify(anchors, next: 5)))
    let stale = Anchors(last: try anchor(4), checkpoint: anchors.checkpoint)
    #expect(isOther(try verify(stale, next: 5)))
    let other = Anchors(last: anchors.last, checkpoint: try anchor(1))
    #expect(isOther(try verify(other, next: 5)))
  }
}
