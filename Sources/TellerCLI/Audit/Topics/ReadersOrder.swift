/// A reader that follows the rule of Published.md for one origin partition, and what it takes.
///
/// It keeps no events, only stretches of offsets: an audit reads topics of any length.
struct ReadersOrder {
  /// An event as the rule sees it.
  struct Event {
    let history: Int32
    let incarnation: Int32
    let offset: Int64
    /// As its header says.
    let previous: Int64?
    /// The offsets that it accounts for by the tables: its own and the gaps before it. Nil where it tells of a history
    /// that is not the truth any more.
    let cover: Range<Int64>?
  }

  /// Events kept aside that follow upon one another.
  private struct Chain {
    let history: Int32
    let incarnation: Int32
    /// The offset that must be taken first.
    let needs: Int64
    let begin: Int64
    var end: Int64
    var cover: Range<Int64>?
  }

  /// How many chains are kept: each means a hole, and so many holes need no finer account.
  private static let chainsMax = 10_000

  /// What was taken, by incarnation.
  private(set) var taken: [Int32: OffsetCover] = [:]
  private var last: (Int32, Int32, Int64)?
  private var lastOffset: [Int32: Int64] = [:]
  private var aside: [Chain] = []

  /// Meets the next event of the topic.
  mutating func meet(_ event: Event) {
    // 1. Not above the last one taken: a repeat.
    if let last, (event.history, event.incarnation, event.offset) <= last { return }
    // 2. One is missing between; the first of an incarnation has none before it.
    if let previous = event.previous, last != nil, previous > lastOffset[event.incarnation] ?? -1 {
      return keep(event, needs: previous)
    }
    take(event.history, event.incarnation, event.offset, event.cover)
    release()
  }

  /// What still waits for a missing event, by incarnation.
  var waiting: [Int32: OffsetCover] {
    aside.reduce(into: [:]) { waiting, chain in
      if let cover = chain.cover { waiting[chain.incarnation, default: OffsetCover()].insert(cover) }
    }
  }

  private mutating func take(_ history: Int32, _ incarnation: Int32, _ offset: Int64, _ cover: Range<Int64>?)
  {
    last = (history, incarnation, offset)
    lastOffset[incarnation] = offset
    if let cover { taken[incarnation, default: OffsetCover()].insert(cover) }
  }

  private mutating func keep(_ event: Event, needs: Int64) {
    let isSame = { (chain: Chain) in
      chain.history == event.history && chain.incarnation == event.incarnation
    }
    if let newest = aside.indices.last, isSame(aside[newest]), aside[newest].end == needs,
      aside[newest].cover?.upperBound == event.cover?.lowerBound
    {
      aside[newest].end = event.offset
      if let cover = aside[newest].cover, let more = event.cover {
        aside[newest].cover = cover.lowerBound..<more.upperBound
      }
      return
    }
    if aside.contains(where: { isSame($0) && $0.begin <= event.offset && event.offset <= $0.end }) { return }
    guard aside.count < Self.chainsMax else { return }
    aside.append(
      Chain(
        history: event.history, incarnation: event.incarnation, needs: needs, begin: event.offset,
        end: event.offset, cover: event.cover))
  }

  /// Takes what was kept aside and waits no longer.
  private mutating func release() {
    guard !aside.isEmpty else { return }
    while let last {
      let reached = lastOffset[last.1] ?? last.2
      let ready = aside.firstIndex {
        $0.history == last.0 && $0.incarnation == last.1 && $0.needs <= reached
      }
      guard let ready else { return }
      let chain = aside.remove(at: ready)
      if chain.end > reached { take(chain.history, chain.incarnation, chain.end, chain.cover) }
    }
  }
}
