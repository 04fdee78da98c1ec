/// Puts the events of one outcomes topic in order: each once, by the rule of Teller.docc/Published.md.
///
/// Events come at least once, and late ones may come from a publisher that was stopped. Nothing here knows where they
/// come from: a reader offers what it reads, and gets what is next.
public struct OutcomeOrder: Sendable {
  /// How many events of a partition wait behind a hole at most, unless told otherwise.
  public static let heldMaxByDefault = 10_000

  private struct Held: Sendable {
    let event: OutcomeEvent
    let position: Int64
  }

  private struct Lane: Sendable {
    var standing: OutcomeStanding?
    /// Waiting behind a hole, in their order.
    var held: [Held] = []
  }

  private let topic: String
  private let heldMax: Int
  private var lanes: [Int32: Lane] = [:]
  /// Histories belong to the database, so all partitions share them.
  private var histories: [Int32: UInt128] = [:]

  /// An order that begins with the first event of each partition that is offered.
  ///
  /// - Parameters:
  ///   - topic: the input topic that the events must be of.
  ///   - heldMax: how many events of a partition may wait behind a hole.
  public init(topic: String, heldMax: Int = Self.heldMaxByDefault) {
    self.topic = topic
    self.heldMax = heldMax
  }

  /// Goes on in a partition where another reader stopped.
  public mutating func resume(_ partition: Int32, at standing: OutcomeStanding) {
    lanes[partition, default: Lane()].standing = standing
    histories[standing.history.number] = standing.history.id
  }

  /// Judges an event that was read from a partition of the outcomes topic.
  ///
  /// - Parameter position: its own offset in the outcomes topic; comes back with it.
  /// - Throws: where it is not of this stream, or of another database. It is left out then.
  public mutating func offer(
    _ event: OutcomeEvent, from partition: Int32, at position: Int64
  ) throws(OutcomeOrderError) -> OutcomeVerdict {
    try admit(event, from: partition)
    let judgement = lanes[partition]?.standing?.judge(event) ?? .next(contradicts: false)
    switch judgement {
    case .repeated: return .repeated
    case .early: return hold(Held(event: event, position: position), partition)
    case .next(let contradicts):
      var taken = [take(event, position, contradicts, partition)]
      release(partition, &taken)
      return .taken(taken)
    }
  }

  /// Notes an event that was published before the reader began, so that a late repeat of it is known as one. The highest
  /// that is noted is the base.
  public mutating func note(_ event: OutcomeEvent, from partition: Int32) throws(OutcomeOrderError) {
    try admit(event, from: partition)
    guard var standing = lanes[partition]?.standing else {
      lanes[partition, default: Lane()].standing = OutcomeStanding(base: event)
      return
    }
    guard standing.judge(event) != .repeated else { return }
    standing.take(event)
    lanes[partition]?.standing = standing
  }

  /// Gives up waiting for what is missing in a partition: what stands behind the hole is next, up to the next hole. For
  /// people who know that it does not come any more.
  public mutating func skipHole(of partition: Int32) -> [OutcomeDelivery] {
    guard let first = lanes[partition]?.held.first else { return [] }
    lanes[partition]?.held.removeFirst()
    var taken = [take(first.event, first.position, false, partition)]
    release(partition, &taken)
    return taken
  }

  /// How far a partition was taken; nil where nothing was.
  public func standing(of partition: Int32) -> OutcomeStanding? { lanes[partition]?.standing }

  /// Where it waits, by partition.
  public var holes: [OutcomeHole] {
    lanes.compactMap { partition, lane in
      lane.held.first.map {
        OutcomeHole(partition: partition, next: $0.event, held: lane.held.count, position: oldest(lane) ?? 0)
      }
    }.sorted { $0.partition < $1.partition }
  }

  /// More events wait behind a hole than may: reading on would take memory without end.
  public var overflow: OutcomeOrderError? {
    guard let full = lanes.first(where: { $0.value.held.count > heldMax }) else { return nil }
    return OutcomeOrderError(
      .holeTooLong, partition: full.key,
      cause: "\(full.value.held.count) events wait for one that is missing before them",
      hint: "see whether a worker publishes (teller status); skip the hole only if its events can never come")
  }

  /// The lowest offset in the outcomes topic that waits in a partition.
  public func firstHeld(of partition: Int32) -> Int64? { lanes[partition].flatMap(oldest) }

  private func oldest(_ lane: Lane) -> Int64? { lane.held.map(\.position).min() }

  private mutating func admit(_ event: OutcomeEvent, from partition: Int32) throws(OutcomeOrderError) {
    guard event.origin.topic == topic, event.origin.partition == partition else {
      throw OutcomeOrderError(
        .otherStream, partition: partition,
        cause: "an event is of another topic or partition than its place says",
        hint: "find out who writes to this outcomes topic beside its workers")
    }
    if let known = histories[event.history.number], known != event.history.id {
      throw OutcomeOrderError(
        .otherHistory, partition: partition,
        cause:
          "history \(event.history.number) is known under another id: two databases decide on this topic",
        hint: "stop the worker that runs on the wrong database (teller status on each)")
    }
    histories[event.history.number] = event.history.id
  }

  private mutating func hold(_ held: Held, _ partition: Int32) -> OutcomeVerdict {
    var lane = lanes[partition] ?? Lane()
    let index = lane.held.firstIndex { $0.event.place >= held.event.place } ?? lane.held.count
    if index < lane.held.count, lane.held[index].event.place == held.event.place { return .repeated }
    lane.held.insert(held, at: index)
    lanes[partition] = lane
    return .held
  }

  private mutating func take(
    _ event: OutcomeEvent, _ position: Int64, _ contradicts: Bool, _ partition: Int32
  ) -> OutcomeDelivery {
    var standing = lanes[partition]?.standing ?? OutcomeStanding(base: event)
    standing.take(event)
    lanes[partition, default: Lane()].standing = standing
    return OutcomeDelivery(event: event, position: position, contradicts: contradicts, standing: standing)
  }

  /// One pass is enough: what was held back and stands below one that was taken is a repeat from then on.
  private mutating func release(_ partition: Int32, _ taken: inout [OutcomeDelivery]) {
    guard let held = lanes[partition]?.held, !held.isEmpty else { return }
    for candidate in held {
      guard case .next(let contradicts)? = lanes[partition]?.standing?.judge(candidate.event) else {
        continue
      }
      taken.append(take(candidate.event, candidate.position, contradicts, partition))
    }
    let standing = lanes[partition]?.standing
    lanes[partition]?.held = held.filter { standing?.judge($0.event) == .early }
  }
}
