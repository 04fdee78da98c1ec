/// How far the events of one owned partition are: decided, sent, published. Pure: the publisher asks it what to do next.
///
/// `published ≤ position ≤ decided`. Batches stay here until they are published, so that whatever the client loses is sent
/// again from memory; where memory was short, or of a time before this process, they come from the tables and the log.
struct PartitionPublication: Sendable {
  let ownership: Ownership
  /// Answers to questions of a former generation are dropped.
  private(set) var generation = 0
  /// The cursor is read: before that it is not known where to begin.
  private(set) var isOpen = false
  /// The first offset not known as decided.
  private(set) var decided: Int64
  /// The first offset not reported as written.
  private(set) var published: Int64
  /// The first offset that was not given to the client.
  private(set) var position: Int64
  /// The decided offset before `position`.
  private(set) var previous: Int64?
  private var lastPublished: Int64?
  private var sent: SentEvents
  private var letter: Int64?
  /// Ascending; what is missing between two of them comes from the tables. The first `current` are sent.
  private(set) var batches: [DecidedBatch] = []
  private var current = 0
  private var entry = 0
  private(set) var byteCount = 0
  /// A question about missing batches is under way.
  var isFetching = false
  /// Where the cursor stands in the database.
  var stored: Int64

  /// - Parameter firstNumber: the next after those of a former ownership of this process, whose reports may still come.
  init(_ ownership: Ownership, firstNumber: UInt64 = 0) {
    self.ownership = ownership
    sent = SentEvents(firstNumber: firstNumber)
    decided = ownership.nextOffset
    published = ownership.nextOffset
    position = ownership.nextOffset
    stored = ownership.nextOffset
  }

  /// Everything that is decided is published, and the cursor says so.
  var isDone: Bool { isOpen && stored == decided }

  var isInFlight: Bool { !sent.isEmpty }

  /// The cursor as the database has it.
  mutating func open(_ cursor: PublicationCursor) {
    isOpen = true
    (published, position, stored) = (cursor.published, cursor.published, cursor.published)
    (previous, lastPublished) = (cursor.previous, cursor.previous)
    decided = max(decided, cursor.decided)
    rewind()
  }

  /// The database may have gone back: nothing in memory counts, and the cursor is read anew.
  mutating func forget() {
    generation += 1
    isOpen = false
    // Also what was decided: the database may have gone back behind it.
    decided = 0
    letter = nil
    isFetching = false
    sent.forget()
    batches = []
    (current, entry, byteCount) = (0, 0, 0)
  }

  /// A batch was committed. It is kept if there is room, also behind a hole: a partition that is read again meets it there,
  /// and would never catch up with a busy writer otherwise.
  mutating func committed(_ batch: DecidedBatch, isRoom: Bool) {
    decided = max(decided, batch.to)
    guard isRoom, batches.last.map({ $0.to <= batch.from }) ?? true else { return }
    batches.append(batch)
    byteCount += batch.byteCount
  }

  /// A batch was committed, and nobody knows its contents any more.
  mutating func advanced(to offset: Int64) { decided = max(decided, offset) }

  /// What must come from the tables before the next event can be sent.
  var missing: Range<Int64>? {
    guard isOpen, position < decided else { return nil }
    guard current < batches.count else { return position..<decided }
    let next = batches[current].from
    return position < next ? position..<next : nil
  }

  /// Whether something can be sent now.
  var hasNext: Bool { isOpen && current < batches.count && batches[current].from <= position }

  /// Memory is short, and what is held behind something that is missing cannot be sent: it is read again in its turn.
  mutating func dropBehindHole() {
    guard missing != nil, current < batches.count else { return }
    byteCount -= batches[current...].reduce(0) { $0 + $1.byteCount }
    batches.removeSubrange(current...)
  }

  /// What was missing has come, wholly or in part.
  mutating func fetched(_ found: [DecidedBatch]) {
    isFetching = false
    var next = position
    for batch in found {
      guard batch.from <= next, batch.to > next else { continue }
      if current < batches.count, batches[current].from < batch.to { break }
      batches.insert(batch, at: current)
      byteCount += batch.byteCount
      current += 1
      next = batch.to
    }
    rewind(to: position)
  }

  /// The next event to be sent; nil: nothing is there. Steps over batches and offsets that are done.
  mutating func next() -> (batch: DecidedBatch, entry: DecidedBatch.Entry)? {
    guard isOpen else { return nil }
    while current < batches.count, batches[current].from <= position {
      let entries = batches[current].entries
      while entry < entries.count, entries[entry].offset < position { entry += 1 }
      if entry < entries.count { return (batches[current], entries[entry]) }
      finishBatch()
    }
    return nil
  }

  /// The tag's number for what is about to be sent.
  var nextNumber: UInt64 { sent.nextNumber }

  /// Which offset a tag's number stands for.
  func offset(of number: UInt64) -> Int64? { sent.offset(of: number) }

  /// The dead letter of the event that `next` gave was given to the client; the event itself is still to go.
  mutating func sent(letterOf offset: Int64) {
    sent.add(letterOf: offset, previous: previous)
    letter = offset
  }

  /// Whether the dead letter of an offset is on its way.
  func isLetterSent(_ offset: Int64) -> Bool { letter == offset }

  /// The event that `next` gave was given to the client.
  mutating func sent(eventOf offset: Int64) {
    sent.add(eventOf: offset)
    position = offset + 1
    previous = offset
    entry += 1
    if entry == batches[current].entries.count { finishBatch() }
  }

  /// The client reported one as written.
  mutating func reported(_ number: UInt64) {
    guard let moved = sent.reported(number) else { return }
    (published, lastPublished) = (moved.published, moved.last)
    dropPublished()
  }

  /// The client dropped everything that has no report: it goes on from the lowest offset without one.
  mutating func restart() {
    sent.forget()
    letter = nil
    (position, previous) = (published, lastPublished)
    rewind()
  }

  private mutating func finishBatch() {
    position = batches[current].to
    current += 1
    entry = 0
    if sent.isEmpty {
      published = position
      dropPublished()
    } else {
      sent.extendLast(to: position)
    }
  }

  private mutating func dropPublished() {
    while let first = batches.first, first.to <= published, current > 0 {
      byteCount -= first.byteCount
      batches.removeFirst()
      current -= 1
    }
  }

  /// Sets `current` to the batch in which `position` lies, and lets go what lies before everything unpublished.
  private mutating func rewind() {
    while let first = batches.first, first.to <= published {
      byteCount -= first.byteCount
      batches.removeFirst()
    }
    rewind(to: position)
  }

  private mutating func rewind(to position: Int64) {
    current = batches.firstIndex { $0.to > position } ?? batches.count
    entry = 0
  }
}
