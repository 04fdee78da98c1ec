/// The publisher's round: what was told, what can be sent, what was reported, what must be asked.
struct PublisherLoop: ~Copyable {
  static var eventsATurn: Int { 2_000 }
  /// How many partitions are read again at once: each takes memory, and keeps the others' questions waiting.
  static var fetchesMax: Int { 4 }

  private let publisher: Publisher
  private var partitions: [Int32: PartitionPublication] = [:]
  private var histories: [Int32: UInt128] = [:]
  private var dispatch: EventDispatch
  private var readiness: SinkReadiness
  private var seenReload: Int
  private var isAskingHistories = false
  private var isOpening = false
  private var openingAt: Duration = .zero
  private var isMoving = false
  private var movedAt: Duration = .zero
  private var historiesAt: Duration = .zero
  private var noteAt: Duration = .zero
  private var fetchAt: [Int32: Duration] = [:]
  private var fetchStart: Int32 = 0
  private var turnStart: Int32 = 0
  /// The next tag's number of partitions that are not owned now: what they sent may still be reported.
  private var numbers: [Int32: UInt64] = [:]
  /// Where something failed or stands still, and how far those partitions were published then: what others publish says
  /// nothing about them.
  private var blocked: [Int32: Int64] = [:]
  private var stalls = StallWatch()
  /// What is written down in the cursors' rows; a cursor that moves clears its own.
  private var noted: [Int32: String] = [:]

  init(_ publisher: Publisher, topic: String, noEffect: String) {
    self.publisher = publisher
    self.seenReload = publisher.signals.reload
    self.dispatch = EventDispatch(
      sink: publisher.sink, topic: topic, noEffect: noEffect, crashPoints: publisher.settings.crashPoints)
    self.readiness = SinkReadiness(publisher.settings, now: publisher.now())
  }

  mutating func turn() {
    listen()
    dropMemoriesIfTold()
    let isSending = readiness.isReady ? send() : false
    hear(publisher.sink.poll(waitForReports(isSending)))
    lookForStalls()
    ask()
    tellBacklog()
  }

  /// With nothing that can be sent and nothing under way, it is the inbox that something comes by: answers, too.
  private func listenLimit() -> Duration {
    let canSend = readiness.isReady && !isAskingHistories && publisher.now() >= historiesAt
    let isBusy = partitions.values.contains { $0.isInFlight || canSend && $0.hasNext }
    return isBusy ? .zero : .milliseconds(100)
  }

  private func waitForReports(_ isSending: Bool) -> Duration {
    !isSending && partitions.values.contains(where: \.isInFlight) ? .milliseconds(5) : .zero
  }

  private mutating func listen() {
    let messages = publisher.inbox.wait(for: listenLimit()) { inbox -> [Publisher.Message]? in
      guard !inbox.messages.isEmpty || inbox.isClosed else { return nil }
      defer { inbox.messages = [] }
      return inbox.messages
    }
    for message in messages ?? [] { received(message) }
  }

  private mutating func received(_ message: Publisher.Message) {
    switch message {
    case .own(let ownerships):
      for ownership in ownerships {
        disown(ownership.partition)
        partitions[ownership.partition] = PartitionPublication(
          ownership, firstNumber: numbers[ownership.partition] ?? 0)
        fetchAt[ownership.partition] = nil
      }
      openingAt = .zero
    case .disown(let partition): disown(partition)
    case .disownAll: for partition in partitions.keys { disown(partition) }
    case .committed(let batch, let ownership, let reload):
      guard partitions[ownership.partition]?.ownership == ownership else { return }
      let isRoom = reload == seenReload && reload == publisher.signals.reload && !isFull
      partitions[ownership.partition]?.committed(batch, isRoom: isRoom)
    case .advanced(let ownership, let offset):
      guard partitions[ownership.partition]?.ownership == ownership else { return }
      partitions[ownership.partition]?.advanced(to: offset)
    case .answer(let answer): answered(answer)
    }
  }

  private mutating func disown(_ partition: Int32) {
    guard let former = partitions.removeValue(forKey: partition) else { return }
    numbers[partition] = former.nextNumber
    (blocked[partition], noted[partition]) = (nil, nil)
  }

  private mutating func answered(_ answer: PublicationStoreThread.Answer) {
    switch answer {
    case .prepared(let trouble): readiness.prepared(trouble, now: publisher.now())
    case .opened(let cursors, let generation):
      isOpening = false
      guard generation == seenReload else { return }
      for cursor in cursors {
        guard let partition = partitions.first(where: { $0.value.ownership.id == cursor.partition })?.key,
          partitions[partition]?.isOpen == false
        else { continue }
        partitions[partition]?.open(cursor)
      }
      // Those that were left out have another owner, of which we shall hear.
      if partitions.values.contains(where: { !$0.isOpen }) {
        openingAt = publisher.now() + publisher.settings.retryPeriod / 4
      }
    case .fetched(let ownership, let batches, let generation):
      guard let partition = partitions[ownership.partition], partition.ownership == ownership,
        partition.generation == generation
      else { return }
      partitions[ownership.partition]?.fetched(batches)
    case .moved(let wishes, let moved): self.moved(wishes, moved)
    case .histories(let found):
      isAskingHistories = false
      histories = found
    case .failed(let request, let why): failed(request, why)
    }
  }

  private mutating func moved(_ wishes: [CursorMove], _ moved: Set<PartitionID>) {
    guard !wishes.isEmpty else { return }
    isMoving = false
    for wish in wishes {
      guard
        let partition = partitions.first(where: {
          $0.value.ownership.id == wish.partition && $0.value.ownership.epoch == wish.epoch
        })?.key
      else { continue }
      if moved.contains(wish.partition) {
        partitions[partition]?.stored = wish.published
        noted[partition] = nil
      } else {
        // Another owner has it, or the database went back: the writer finds out which.
        disown(partition)
      }
    }
    publisher.settings.crashPoints.reach(.publishAfterCursor)
  }

  private mutating func failed(_ request: PublicationStoreThread.Request, _ why: String) {
    let now = publisher.now()
    switch request {
    case .prepare: readiness.prepared(why, now: now)
    case .open:
      isOpening = false
      openingAt = now + publisher.settings.retryPeriod
    case .fetch(let ownership, _, let generation):
      guard partitions[ownership.partition]?.generation == generation else { break }
      partitions[ownership.partition]?.isFetching = false
      fetchAt[ownership.partition] = now + publisher.settings.retryPeriod / 4
    case .move:
      isMoving = false
      movedAt = now + publisher.settings.retryPeriod
    case .histories:
      isAskingHistories = false
      historiesAt = now + publisher.settings.retryPeriod / 4
    case .note:
      noted = [:]
      noteAt = now + publisher.settings.retryPeriod
    }
    publisher.report(.trouble("publishing: \(why)"))
  }

  /// Unsent publications are memories like others: after a reconnect or a takeover they may tell what the database has lost.
  private mutating func dropMemoriesIfTold() {
    let reload = publisher.signals.reload
    guard reload != seenReload else { return }
    seenReload = reload
    isOpening = false
    if partitions.values.contains(where: \.isInFlight) { publisher.sink.reset() }
    for partition in partitions.keys { partitions[partition]?.forget() }
    histories = [:]
  }

  /// True: something was sent.
  private mutating func send() -> Bool {
    var left = Self.eventsATurn
    for number in order(after: turnStart) where left > 0 {
      // Taken out, so that its arrays are changed in place.
      guard var partition = partitions.removeValue(forKey: number) else { continue }
      let share = max(left / 2, 64)
      do throws(SendFailure) {
        left -= try dispatch.send(&partition, atMost: share, histories: histories)
      } catch {
        partitions[number] = partition
        if error != .full { sinkFailed(error, in: [number]) }
        break
      }
      partitions[number] = partition
      turnStart = number
    }
    return left < Self.eventsATurn
  }

  private mutating func hear(_ reports: [SendReport]) {
    if reports.isEmpty { return }
    var worst: SendFailure?
    var failed: Set<Int32> = []
    for report in reports {
      let tag = EventTag(report.tag)
      if let failure = report.failure {
        // What a former ownership sent, and nobody waits for, says all the same that the topic does not take it.
        let offset = partitions[tag.partition]?.offset(of: tag.number)
        let failure = failure == .tooLarge ? dispatch.tooLarge(tag, offset: offset) : failure
        if offset != nil { failed.insert(tag.partition) }
        worst = worst == nil || worst == .tooLarge ? failure : worst
      } else if worst == nil {
        partitions[tag.partition]?.reported(tag.number)
      }
    }
    if let worst { sinkFailed(worst, in: failed) } else { progressed() }
    publisher.settings.crashPoints.reach(.publishAfterReport)
  }

  private mutating func progressed() {
    blocked = blocked.filter { number, published in
      partitions[number].map { $0.published == published } ?? false
    }
    if blocked.isEmpty { readiness.progressed() }
  }

  /// What is under way and never reported: after a while it is told, after longer everything is sent again.
  private mutating func lookForStalls() {
    let now = publisher.now()
    guard let waiting = stalls.look(at: partitions, now: now) else { return }
    let told = waiting.filter { $0.value >= publisher.settings.patience }
    guard readiness.isReady, !told.isEmpty else { return }
    let words = publisher.sink.trouble ?? "the broker does not acknowledge what is sent to it"
    if told.values.contains(where: { $0 >= publisher.settings.stallLimit }) {
      return sinkFailed(.failed(words), in: Set(told.keys))
    }
    for number in told.keys { blocked[number] = partitions[number]?.published }
    readiness.tell(words)
  }

  /// The client is purged, and everything goes on from the lowest offset without a report.
  private mutating func sinkFailed(_ failure: SendFailure, in failed: Set<Int32>) {
    publisher.sink.reset()
    for partition in partitions.keys { partitions[partition]?.restart() }
    for number in failed { blocked[number] = partitions[number]?.published }
    stalls = StallWatch()
    readiness.failed(failure, now: publisher.now())
  }

  /// Questions to the store thread: few at a time, none twice.
  private mutating func ask() {
    let now = publisher.now()
    if !partitions.isEmpty, readiness.mustPrepare(now: now) { publisher.storeThread.ask(.prepare) }
    noteTrouble(now)
    if readiness.hasRecovered() { publisher.report(.publishingResumed) }
    let closed = partitions.values.filter { !$0.isOpen }.map(\.ownership)
    if !closed.isEmpty, !isOpening, now >= openingAt {
      isOpening = true
      publisher.storeThread.ask(.open(closed, generation: seenReload))
    }
    if dispatch.isHistoryMissing.take(), !isAskingHistories, now >= historiesAt {
      isAskingHistories = true
      publisher.storeThread.ask(.histories)
    }
    if readiness.isReady { fetch(now) }
    move(now)
  }

  /// Only partitions that have something to publish still: their cursors move again, and that clears it. A note on any other
  /// would stay.
  private mutating func noteTrouble(_ now: Duration) {
    guard !partitions.isEmpty, let trouble = readiness.trouble else { return }
    if readiness.mustTell() { publisher.report(.publishingStopped(reason: trouble)) }
    guard now >= noteAt else { return }
    let waiting = partitions.filter {
      $0.value.isOpen && $0.value.published < $0.value.decided && noted[$0.key] != trouble
    }
    guard !waiting.isEmpty else { return }
    for number in waiting.keys { noted[number] = trouble }
    publisher.storeThread.ask(.note(trouble, waiting.values.map(\.ownership.id)))
  }

  private mutating func fetch(_ now: Duration) {
    var free = Self.fetchesMax - partitions.values.count(where: \.isFetching)
    guard free > 0, partitions.values.contains(where: { $0.missing != nil }) else { return }
    if isFull {
      for number in partitions.keys { partitions[number]?.dropBehindHole() }
      // What is still held can be sent, and is let go then; only where there is nothing of it one more comes on top.
      if isFull {
        if partitions.values.contains(where: { $0.isInFlight || $0.hasNext || $0.isFetching }) { return }
        free = 1
      }
    }
    for number in order(after: fetchStart) where free > 0 && now >= fetchAt[number] ?? .zero {
      guard let partition = partitions[number], !partition.isFetching, let missing = partition.missing else {
        continue
      }
      partitions[number]?.isFetching = true
      publisher.storeThread.ask(.fetch(partition.ownership, missing, generation: partition.generation))
      fetchStart = number
      free -= 1
    }
  }

  private var isFull: Bool {
    partitions.values.reduce(0) { $0 + $1.byteCount } >= publisher.settings.bytesMax
  }

  /// All partitions, those behind the given one first: each has its turn.
  private func order(after start: Int32) -> [Int32] {
    let sorted = partitions.keys.sorted()
    let index = sorted.firstIndex { $0 > start } ?? 0
    return Array(sorted[index...] + sorted[..<index])
  }

  private mutating func move(_ now: Duration) {
    guard !isMoving, now >= movedAt else { return }
    let wishes = partitions.values.filter { $0.isOpen && $0.stored < $0.published }.map {
      CursorMove(
        partition: $0.ownership.id, epoch: $0.ownership.epoch, owner: $0.ownership.owner,
        published: $0.published)
    }
    guard !wishes.isEmpty else { return }
    isMoving = true
    movedAt = now + publisher.settings.movePeriod
    publisher.storeThread.ask(.move(wishes))
  }

  private func tellBacklog() {
    let isKnown = partitions.values.allSatisfy(\.isOpen)
    let backlog = partitions.values.reduce(0) { $0 + $1.decided - $1.stored }
    publisher.inbox.withLock { inbox in
      if inbox.messages.isEmpty { inbox.backlog = isKnown ? backlog : nil }
    }
  }
}

extension Bool {
  /// Reads a flag and takes it down.
  fileprivate mutating func take() -> Bool {
    defer { self = false }
    return self
  }
}
