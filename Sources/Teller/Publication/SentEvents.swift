/// A partition's events and dead letters that were given to the client and have no report yet, in offset order. Pure.
struct SentEvents: Sendable {
  private struct Sent {
    let offset: Int64
    /// How far the partition is published once this one and all before it are reported: a dead letter alone moves nothing.
    var end: Int64
    /// The last event up to there.
    let last: Int64?
    var isReported = false
  }

  private var events: [Sent] = []
  private var head = 0
  /// The number of the event at `head`. Numbers are never used again: a report of a forgotten event finds nothing.
  private var headNumber: UInt64

  /// - Parameter firstNumber: the next after those of a former ownership, whose reports may still come.
  init(firstNumber: UInt64 = 0) { headNumber = firstNumber }

  var isEmpty: Bool { head == events.count }

  /// The number that the next event will have.
  var nextNumber: UInt64 { headNumber + UInt64(events.count - head) }

  /// A dead letter: its event follows.
  mutating func add(letterOf offset: Int64, previous: Int64?) {
    events.append(Sent(offset: offset, end: offset, last: previous))
  }

  mutating func add(eventOf offset: Int64) {
    events.append(Sent(offset: offset, end: offset + 1, last: offset))
  }

  /// Which offset a number stands for; nil where it counts no more.
  func offset(of number: UInt64) -> Int64? {
    guard number >= headNumber, number < nextNumber else { return nil }
    return events[head + Int(number - headNumber)].offset
  }

  /// Offsets without an event follow the last one: they are published with it.
  mutating func extendLast(to end: Int64) {
    guard !isEmpty else { return }
    events[events.count - 1].end = end
  }

  /// An event was reported as written. Returns how far the partition is published, if that moved, and the offset of the
  /// last event up to there.
  mutating func reported(_ number: UInt64) -> (published: Int64, last: Int64?)? {
    guard number >= headNumber, number < nextNumber else { return nil }
    events[head + Int(number - headNumber)].isReported = true
    var moved: (published: Int64, last: Int64?)?
    while head < events.count, events[head].isReported {
      moved = (events[head].end, events[head].last)
      head += 1
      headNumber += 1
    }
    if head > 4_096, head * 2 > events.count {
      events.removeSubrange(..<head)
      head = 0
    }
    return moved
  }

  /// Nothing that was sent so far counts.
  mutating func forget() {
    headNumber = nextNumber
    events.removeAll(keepingCapacity: true)
    head = 0
  }
}
