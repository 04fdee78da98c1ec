/// How far a reader has come in one origin partition: what it must remember to take each event once, and in order.
public struct OutcomeStanding: Equatable, Sendable, Codable {
  /// What was taken of one life of the topic.
  public struct Reach: Equatable, Sendable, Codable {
    /// Which life of the topic.
    public let incarnation: Int32
    /// The offset taken last.
    public var offset: Int64
    /// The highest offset ever taken: above `offset` where a later history has gone back.
    public var highest: Int64
  }

  /// What a standing says to an event.
  enum Judgement: Equatable {
    /// Taken before, or overtaken by what was: drop it.
    case repeated
    /// One before it has not come yet.
    case early
    /// The next one.
    case next(contradicts: Bool)
  }

  /// How many earlier lives of the topic are remembered.
  private static let formerMax = 8

  /// The history of the event taken last.
  public private(set) var history: OutcomeEvent.History
  /// The life of the topic of the event taken last, and how far it was read.
  public private(set) var reach: Reach
  /// The lives before it, oldest first, the last eight.
  public private(set) var former: [Reach]

  /// The standing of a reader whose first event this is.
  init(base event: OutcomeEvent) {
    history = event.history
    reach = Reach(incarnation: event.incarnation, offset: event.origin.offset, highest: event.origin.offset)
    former = []
  }

  /// What to do with an event, by the three points of Published.md.
  func judge(_ event: OutcomeEvent) -> Judgement {
    guard event.place > (history.number, reach.incarnation, reach.offset) else { return .repeated }
    guard let reach = reach(of: event.incarnation) else {
      return event.previousOffset == nil ? .next(contradicts: false) : .early
    }
    if let previous = event.previousOffset, previous > reach.offset { return .early }
    let isRetold = event.origin.offset <= reach.highest
    // It follows on something older than what was taken last: that was taken back, too.
    let skips = event.previousOffset.map { $0 < reach.offset } ?? false
    return .next(contradicts: isRetold || skips)
  }

  /// Moves to an event that is the next one.
  mutating func take(_ event: OutcomeEvent) {
    let offset = event.origin.offset
    history = event.history
    if event.incarnation == reach.incarnation {
      reach.offset = offset
      reach.highest = max(reach.highest, offset)
      return
    }
    let known = former.first { $0.incarnation == event.incarnation }
    former.removeAll { $0.incarnation == event.incarnation }
    former.append(reach)
    if former.count > Self.formerMax { former.removeFirst() }
    reach = Reach(
      incarnation: event.incarnation, offset: offset, highest: max(known?.highest ?? offset, offset))
  }

  private func reach(of incarnation: Int32) -> Reach? {
    reach.incarnation == incarnation ? reach : former.first { $0.incarnation == incarnation }
  }
}
