import Testing

@testable import Teller

@Suite struct `The order of outcomes` {
  /// What a reader was given: history, incarnation, offset, and whether it contradicts.
  struct Told: Hashable, CustomStringConvertible {
    var history: Int32 = 1
    var incarnation: Int32 = 1
    var offset: Int64
    var contradicts = false
    var description: String { "\(history)/\(incarnation)/\(offset)\(contradicts ? "!" : "")" }
  }

  /// Offers events in an order and notes what comes of it.
  private func told(
    _ events: [EventMaking], base: EventMaking? = nil, heldMax: Int = 100
  ) throws -> [Told] {
    var order = OutcomeOrder(topic: "transfers", heldMax: heldMax)
    if let base { try order.note(base.event, from: 0) }
    return try told(events, &order)
  }

  private func told(_ events: [EventMaking], _ order: inout OutcomeOrder) throws -> [Told] {
    var told: [Told] = []
    for (position, making) in events.enumerated() {
      let verdict = try order.offer(making.event, from: making.partition, at: Int64(position))
      if case .taken(let deliveries) = verdict { told += deliveries.map(Self.told) }
    }
    return told
  }

  private static func told(_ delivery: OutcomeDelivery) -> Told {
    let event = delivery.event
    return Told(
      history: event.history.number, incarnation: event.incarnation, offset: event.origin.offset,
      contradicts: delivery.contradicts)
  }

  /// Offsets with gaps, each after the one before it.
  private let chain = [
    EventMaking(0), EventMaking(2, after: 0), EventMaking(3, after: 2), EventMaking(7, after: 3),
    EventMaking(8, after: 7),
  ]

  private static func permutations<Element>(_ elements: [Element]) -> [[Element]] {
    guard let first = elements.first else { return [[]] }
    return permutations(Array(elements.dropFirst())).flatMap { rest in
      (0...rest.count).map { Array(rest[..<$0]) + [first] + Array(rest[$0...]) }
    }
  }

  @Test func `gives each event once and in order, however they come and repeat`() throws {
    let wanted = chain.dropFirst().map { Told(offset: $0.offset) }
    for order in Self.permutations(Array(chain.dropFirst())) {
      #expect(try told(order, base: chain[0]) == wanted)
      // Everything again, at once and from the start, as a publisher does that lost its reports.
      #expect(try told(order + chain + order.reversed(), base: chain[0]) == wanted)
      // A late repeat between any two.
      for place in order.indices {
        let mixed = Array(order[..<place]) + [chain[0], order[0]] + Array(order[place...])
        #expect(try told(mixed, base: chain[0]) == wanted)
      }
    }
  }

  @Test func `gives every event of two histories of which the later goes back, once and as the truth`() throws
  {
    let lost = [EventMaking(4, after: 3), EventMaking(5, after: 4)]
    let truth = [
      EventMaking(4, after: 3, history: 2), EventMaking(5, after: 4, history: 2),
      EventMaking(6, after: 5, history: 2),
    ]
    let base = EventMaking(3)
    let seen = try told(lost + [base] + truth + lost, base: base)
    #expect(
      seen == [
        Told(offset: 4), Told(offset: 5), Told(history: 2, offset: 4, contradicts: true),
        Told(history: 2, offset: 5, contradicts: true), Told(history: 2, offset: 6),
      ])
    // Of what the reader was never told, nothing is taken back.
    #expect(
      try told(truth, base: base) == [
        Told(history: 2, offset: 4), Told(history: 2, offset: 5), Told(history: 2, offset: 6),
      ])
    // The later history leaves out what was told.
    #expect(
      try told(lost + [EventMaking(9, after: 3, history: 2)], base: base).last
        == Told(history: 2, offset: 9, contradicts: true))
  }

  /// Whatever the order in which two publishers' events arrive: the truth is told last, none comes twice.
  @Test func `ends with the later history, however the two mix`() throws {
    let lost = [EventMaking(4, after: 3), EventMaking(5, after: 4)]
    let truth = [EventMaking(4, after: 3, history: 2), EventMaking(5, after: 4, history: 2)]
    for mask in 0..<16 where mask.nonzeroBitCount == 2 {
      var (one, other) = (lost[...], truth[...])
      let mixed = (0..<4).compactMap { mask & 1 << $0 != 0 ? one.popFirst() : other.popFirst() }
      let seen = try told(mixed, base: EventMaking(3))
      #expect(Set(seen).count == seen.count)
      #expect(seen.suffix(2).map(\.history) == [2, 2] && seen.suffix(2).map(\.offset) == [4, 5])
    }
  }

  @Test func `waits behind a hole until it is filled, and says so`() throws {
    var order = OutcomeOrder(topic: "transfers")
    #expect(try told([chain[0], chain[3], chain[4], chain[4]], &order) == [Told(offset: 0)])
    let hole = try #require(order.holes.first)
    #expect(hole.partition == 0 && hole.missing == 3 && hole.held == 2 && hole.position == 1)
    #expect(order.firstHeld(of: 0) == 1)
    #expect(try told([chain[2]], &order).isEmpty)
    #expect(order.holes.first?.missing == 2)
    #expect(try told([chain[1]], &order).map(\.offset) == [2, 3, 7, 8])
    #expect(order.holes.isEmpty && order.firstHeld(of: 0) == nil)
  }

  @Test func `goes on behind a hole that is skipped`() throws {
    var order = OutcomeOrder(topic: "transfers")
    _ = try told([chain[0], chain[2], chain[4]], &order)
    #expect(order.skipHole(of: 0).map(\.event.origin.offset) == [3])
    #expect(order.skipHole(of: 0).map(\.event.origin.offset) == [8])
    #expect(order.skipHole(of: 0).isEmpty && order.skipHole(of: 5).isEmpty)
    #expect(try told(chain, &order).isEmpty)
  }

  @Test func `holds no more than it may`() throws {
    var order = OutcomeOrder(topic: "transfers", heldMax: 2)
    _ = try told([chain[0], chain[2], chain[3]], &order)
    #expect(order.overflow == nil)
    _ = try told([chain[4]], &order)
    #expect(order.overflow?.code == .holeTooLong)
    #expect(try told([chain[1]], &order).count == 4)
    #expect(order.overflow == nil)
  }

  @Test func `goes over to the next life of the topic`() throws {
    let second = [EventMaking(0, incarnation: 2), EventMaking(1, after: 0, incarnation: 2)]
    let wanted = [
      Told(offset: 2), Told(offset: 3), Told(incarnation: 2, offset: 0), Told(incarnation: 2, offset: 1),
    ]
    let first = [chain[1], chain[2]]
    #expect(try told(first + second + first + second, base: chain[0]) == wanted)
    // Its first event is waited for.
    #expect(try told(first + second.reversed(), base: chain[0]) == wanted)
    // A failover may go back to the life before: nothing of it is repeated.
    var order = OutcomeOrder(topic: "transfers")
    _ = try told([chain[0]] + first + second, &order)
    #expect(try told([EventMaking(7, after: 3, history: 2)], &order) == [Told(history: 2, offset: 7)])
    #expect(try told(second, &order).isEmpty)
  }

  @Test func `begins with the first event that it sees`() throws {
    #expect(try told([chain[3], chain[1], chain[4]]) == [Told(offset: 7), Told(offset: 8)])
  }

  @Test func `takes the highest of what it was shown before as its base`() throws {
    var order = OutcomeOrder(topic: "transfers")
    // The last in the topic is a late one.
    for making in [chain[2], chain[3], chain[0], chain[1]] { try order.note(making.event, from: 0) }
    #expect(try told([chain[1], chain[4], chain[3]], &order) == [Told(offset: 8)])
  }

  @Test func `goes on from what was saved`() throws {
    var order = OutcomeOrder(topic: "transfers")
    _ = try told(chain + [EventMaking(3, after: 2, history: 2)], &order)
    let saved = try #require(order.standing(of: 0))
    var later = OutcomeOrder(topic: "transfers")
    later.resume(0, at: saved)
    #expect(
      try told(chain + [EventMaking(7, after: 3, history: 2)], &later)
        == [Told(history: 2, offset: 7, contradicts: true)])
  }

  @Test func `keeps partitions apart`() throws {
    var order = OutcomeOrder(topic: "transfers")
    var other = EventMaking(0)
    other.partition = 1
    _ = try told([chain[0], chain[2], other], &order)
    #expect(order.standing(of: 0)?.reach.offset == 0 && order.standing(of: 1)?.reach.offset == 0)
    #expect(order.holes.map(\.partition) == [0])
  }

  @Test func `refuses events of another stream or another database`() throws {
    var order = OutcomeOrder(topic: "transfers")
    _ = try told([chain[0]], &order)
    var foreign = EventMaking(2, after: 0)
    foreign.topic = "payments"
    #expect(throws: OutcomeOrderError.self) { try told([foreign], &order) }
    let astray = try EventMaking(2, after: 0).event
    #expect(throws: OutcomeOrderError.self) { try order.offer(astray, from: 1, at: 0) }
    var stranger = EventMaking(2, after: 0)
    stranger.historyID = "ffffffff-0b0a-4908-8706-050403020100"
    let error = #expect(throws: OutcomeOrderError.self) { try told([stranger], &order) }
    #expect(error?.code == .otherHistory)
    // A number that nobody has seen is a new history, whatever its id.
    stranger.history = 2
    #expect(try told([stranger], &order) == [Told(history: 2, offset: 2)])
  }
}
