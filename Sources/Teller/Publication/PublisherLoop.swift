/// The publisher's round: what was told, what can be sent, what was reported, what must be asked.
struct PublisherLoop: ~Copyable {
  static var eventsATurn: Int { 2_000 }

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
  private var fetchAt: [Int32: Duration] = [:]
  private var turnStart: Int32 = 0

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
    ask()
    tellBacklog()
  }

  /// With nothing to send and nothing under way, it is the inbox that something comes by.
  private func listenLimit() -> Duration {
    let isQuiet = partitions.values.allSatisfy { !$0.isInFlight && ($0.position == $0.decided || !readiness.isReady) }
    return isQuiet ? .milliseconds(100) : .zero
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
        partitions[ownership.partition] = PartitionPublication(ownership)
        fetchAt[ownership.partition] = nil
      }
      readiness.forgetNote()
    case .disown(let partition): partitions[partition] = nil
    case .disownAll: partitions = [:]
    case .committed(let batch, let ownership, let reload):
      guard partitions[ownership.partition]?.ownership == ownership else { return }
      let isRoom =
        reload == seenReload && reload == publisher.signals.reload
        && partitions.values.reduce(0) { $0 + $1.byteCount } < publisher.settings.bytesMax
      partitions[ownership.partition]?.committed(batch, isRoom: isRoom)
    case .advanced(let ownership, let offset):
      guard partitions[ownership.partition]?.ownership == ownership else { return }
      partitions[ownership.partition]?.advanced(to: offset)
    case .answer(let answer): answered(answer)
    }
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
      } else {
        // Another owner has it, or the database went back: the writer finds out which.
        partitions[partition] = nil
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
    case .histories: isAskingHistories = false
    case .note: readiness.forgetNote()
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
    let order = partitions.keys.sorted()
    let start = order.firstIndex { $0 > turnStart } ?? 0
    for number in order[start...] + order[..<start] where left > 0 {
      guard var partition = partitions[number] else { continue }
      let share = max(left / 2, 64)
      do throws(SendFailure) {
        left -= try dispatch.send(&partition, atMost: share, histories: histories)
      } catch {
        partitions[number] = partition
        if error != .full { sinkFailed(error) }
        break
      }
      partitions[number] = partition
      turnStart = number
    }
    return left < Self.eventsATurn
  }

  private mutating func hear(_ reports: [SendReport]) {
    if reports.isEmpty {
      if readiness.hasStalled(isInFlight: partitions.values.contains(where: \.isInFlight), now: publisher.now()) {
        sinkFailed(.failed("the broker has not acknowledged anything for \(publisher.settings.stallLimit)"))
      }
      return
    }
    var worst: SendFailure?
    for report in reports {
      let tag = EventTag(report.tag)
      if let failure = report.failure {
        if failure == .tooLarge, let offset = partitions[tag.partition]?.offset(of: tag.number) {
          dispatch.tooLarge(tag, offset: offset)
        }
        worst = worst == nil || worst == .tooLarge ? failure : worst
      } else if worst == nil {
        partitions[tag.partition]?.reported(tag.number)
      }
    }
    if let worst { sinkFailed(worst) } else { readiness.progressed(now: publisher.now()) }
    publisher.settings.crashPoints.reach(.publishAfterReport)
  }

  /// The client is purged, and everything goes on from the lowest offset without a report.
  private mutating func sinkFailed(_ failure: SendFailure) {
    publisher.sink.reset()
    for partition in partitions.keys { partitions[partition]?.restart() }
    guard failure != .tooLarge else { return }
    readiness.failed(failure, now: publisher.now())
  }

  /// Questions to the store thread: few at a time, none twice.
  private mutating func ask() {
    let now = publisher.now()
    if !partitions.isEmpty, readiness.mustPrepare(now: now) { publisher.storeThread.ask(.prepare) }
    if !partitions.isEmpty, let trouble = readiness.troubleToNote() {
      publisher.report(.publishingStopped(reason: trouble))
      publisher.storeThread.ask(.note(trouble, partitions.values.map(\.ownership.id)))
    }
    if readiness.hasRecovered() { publisher.report(.publishingResumed) }
    let closed = partitions.values.filter { !$0.isOpen }.map(\.ownership)
    if !closed.isEmpty, !isOpening, now >= openingAt {
      isOpening = true
      publisher.storeThread.ask(.open(closed, generation: seenReload))
    }
    if dispatch.isHistoryMissing.take(), !isAskingHistories {
      isAskingHistories = true
      publisher.storeThread.ask(.histories)
    }
    if readiness.isReady { fetch(now) }
    move(now)
  }

  private mutating func fetch(_ now: Duration) {
    for (number, partition) in partitions where !partition.isFetching && now >= fetchAt[number] ?? .zero {
      guard let missing = partition.missing, partition.byteCount < publisher.settings.bytesMax else { continue }
      partitions[number]?.isFetching = true
      publisher.storeThread.ask(.fetch(partition.ownership, missing, generation: partition.generation))
    }
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
