import Synchronization
import TellerTestKit
import Testing

@testable import Teller

@Suite struct `A publisher` {
  @Test func `does not take a report of a former ownership for one of the next`() throws {
    let rig = PublisherRig()
    rig.sink.hold()
    rig.own(epoch: 1)
    rig.commit(0..<10)
    #expect(rig.sink.untilInFlight(10))
    // A rebalance gives it back: the same offsets are sent once more, behind the former ones.
    rig.own(epoch: 2)
    rig.advance(to: 10)
    #expect(rig.sink.untilInFlight(20))
    rig.sink.release(10)
    #expect(rig.sink.wait(on: .outcomes) { $0.count == 10 })
    rig.turnOver()
    #expect(rig.store.cursor == 0)
    rig.sink.release()
    #expect(rig.publisher.drain(within: .seconds(5)) == 0)
    #expect(rig.store.cursor == 10)
    #expect(rig.publisher.close(within: .seconds(5)))
  }

  @Test func `lets go what waits behind a hole, where its memory is full of it`() throws {
    let rig = PublisherRig { $0.bytesMax = 2_000 }
    rig.sink.miss([.outcomes])
    rig.own(epoch: 1)
    rig.advance(to: 10)
    for start in stride(from: Int64(10), to: 1_000, by: 10) { rig.commit(start..<start + 10) }
    rig.turnOver()
    rig.sink.miss([])
    #expect(rig.publisher.drain(within: .seconds(10)) == 0)
    let offsets = rig.sink.delivered(.outcomes).compactMap { $0.header("teller-origin-offset") }
    #expect(offsets == (0..<1_000).map(String.init))
    #expect(rig.publisher.close(within: .seconds(5)))
  }

  @Test func `asks a store that fails now and then, not all the time`() throws {
    let rig = PublisherRig { $0.retryPeriod = .milliseconds(400) }
    rig.store.fails(true)
    rig.own(epoch: 1)
    rig.commit(0..<10)
    #expect(rig.store.untilAsked(3))
    let asked = rig.store.asked
    let began = ContinuousClock.now
    #expect(rig.store.untilAsked(asked + 8))
    #expect(began.duration(to: .now) > .milliseconds(200))
    rig.store.fails(false)
    #expect(rig.publisher.drain(within: .seconds(5)) == 0)
    #expect(rig.publisher.close(within: .seconds(5)))
  }

  @Test func `does not ask for a cursor over and over that another owner has`() throws {
    let rig = PublisherRig { $0.retryPeriod = .milliseconds(400) }
    rig.store.leavesOut(true)
    rig.own(epoch: 1)
    #expect(rig.store.untilAsked(1))
    let began = ContinuousClock.now
    #expect(rig.store.untilAsked(5))
    #expect(began.duration(to: .now) > .milliseconds(200))
    #expect(rig.publisher.close(within: .seconds(5)))
  }

  @Test func `stands still, and says why, where a topic does not even take an event without its request`()
    throws
  {
    let rig = PublisherRig { $0.retryPeriod = .milliseconds(200) }
    rig.sink.take(upTo: 100, on: .outcomes)
    rig.own(epoch: 1)
    rig.commit(0..<2)
    #expect(rig.store.untilNoted { $0.contains("raise its max.message.bytes") })
    #expect(rig.sink.resets < 10)
    rig.sink.take(upTo: 10_000, on: .outcomes)
    #expect(rig.publisher.drain(within: .seconds(5)) == 0)
    #expect(rig.publisher.close(within: .seconds(5)))
  }

  @Test func `says so where nothing is acknowledged, and recovers`() throws {
    let rig = PublisherRig { $0.patience = .milliseconds(600) }
    rig.sink.hold()
    rig.own(epoch: 1)
    rig.commit(0..<10)
    #expect(rig.store.untilNoted { $0.contains("does not acknowledge") })
    rig.sink.release()
    #expect(rig.publisher.drain(within: .seconds(5)) == 0)
    let isResumed = rig.events.wait(for: .seconds(5)) { events -> Bool? in
      events.contains { if case .publishingResumed = $0 { true } else { false } } ? true : nil
    }
    #expect(isResumed == true)
    #expect(rig.publisher.close(within: .seconds(5)))
  }
}
