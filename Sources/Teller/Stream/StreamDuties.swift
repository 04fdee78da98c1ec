/// What is looked at from time to time: growth of the topic, identity of the database, halts that a person cleared, and
/// the end of work.
struct StreamDuties<Log: JobLog, Reader: LogReader> {
  static var growthPeriod: Duration { .seconds(5) }
  static var serverPeriod: Duration { .seconds(5) }
  /// For how long a topic may be unknown to the broker before it counts as gone.
  static var absenceMax: Duration { .seconds(15) }

  let context: WriterContext<Log, Reader>
  let configuration: WorkerConfiguration
  let control: @Sendable (ControlMessage) -> Void
  private var grownCheckedAt: Duration
  private var serverCheckedAt: Duration
  private var shrunkSince: Duration?
  private var idle = IdleCheck()
  /// Since when no fewer events were waiting: a wait for them ends when they do not become fewer.
  private var leastUnpublished: (count: Int64, since: Duration)?
  private var halts = HaltWatch()
  private var haltsCheckedAt: Duration

  init(
    context: WriterContext<Log, Reader>, configuration: WorkerConfiguration,
    control: @escaping @Sendable (ControlMessage) -> Void
  ) {
    self.context = context
    self.configuration = configuration
    self.control = control
    self.grownCheckedAt = context.now()
    self.serverCheckedAt = context.now()
    self.haltsCheckedAt = context.now()
  }

  /// A halt stands in the database, and a person may clear it.
  mutating func wroteHalt(of partition: Int32, generation: Int) {
    halts.wrote(partition, generation: generation)
  }

  /// - Parameter generation: the assignment's; 0 before the group has spoken, when nothing counts as idle.
  mutating func perform(_ store: any OwnershipStore, generation: Int) throws(StoreFailure) {
    let now = context.now()
    if now - grownCheckedAt >= Self.growthPeriod {
      grownCheckedAt = now
      _ = try isCountRight(store)
    }
    if now - serverCheckedAt >= Self.serverPeriod {
      serverCheckedAt = now
      if let change = try store.observeServer() {
        context.signals.dropMemories()
        context.report(.historyRaised(change))
      }
    }
    try checkHalts(store, generation: generation, now: now)
    if generation > 0, let limit = configuration.untilIdle { try checkIdle(store, limit: limit, now: now) }
  }

  /// Whether the topic has as many partitions as it was adopted with; if not, what follows from it is done.
  private mutating func isCountRight(_ store: any OwnershipStore) throws(StoreFailure) -> Bool {
    let count: Int32?
    do throws(LogFailure) {
      count = try context.log.partitionCount()
    } catch {
      context.report(.trouble("metadata: \(error)"))
      return false
    }
    if let count, count == context.stream.partitionCount {
      shrunkSince = nil
      return true
    }
    // A broker that has just started may not know the topic yet, and a topic never shrinks: absence must last. Growth is
    // believed at once, before anything is misrouted by it.
    if (count ?? 0) < context.stream.partitionCount {
      context.signals.disturb()
      let since = shrunkSince ?? context.now()
      shrunkSince = since
      guard context.now() - since >= Self.absenceMax else { return false }
    }
    let reason = GrowthCheck.reason(context.stream, count: count)
    // Told before it is written down: a slow database must not let anything be decided meanwhile.
    control(.streamHalted(reason))
    try store.haltStream(context.stream, reason: reason)
    return false
  }

  private mutating func checkHalts(
    _ store: any OwnershipStore, generation: Int, now: Duration
  ) throws(StoreFailure) {
    guard !halts.isEmpty, now - haltsCheckedAt >= HaltWatch.period else { return }
    haltsCheckedAt = now
    for partition in halts.cleared(in: try store.positions(of: context.stream), generation: generation) {
      control(.resumed(partition: partition, generation: generation))
    }
  }

  private mutating func checkIdle(
    _ store: any OwnershipStore, limit: Duration, now: Duration
  ) throws(StoreFailure) {
    let positions = try store.positions(of: context.stream)
    // A halted partition stands where it stands; the others are drained first.
    let idleFor = idle.observe(isAtEnd: isAtEnd(positions), now: now)
    guard idleFor >= limit else {
      leastUnpublished = nil
      return
    }
    // Of the whole stream: a partition that changes hands in this moment has nobody who publishes it.
    let unpublished =
      context.publisher == nil ? 0 : positions.reduce(0) { $0 + $1.nextOffset - $1.publishedOffset }
    if unpublished < leastUnpublished?.count ?? .max { leastUnpublished = (unpublished, now) }
    let since = leastUnpublished?.since ?? now
    guard unpublished == 0 || now - since >= configuration.publishLimit else { return }
    // New partitions are in no position: the count is asked once more before everything counts as decided. A stream that
    // halted has its reasons in the positions.
    let halted = positions.compactMap { position in position.haltedReason.map { (position.partition, $0) } }
    if halted.count < positions.count {
      guard try isCountRight(store) else { return }
    }
    control(.idle(halted: Dictionary(halted) { first, _ in first }, unpublished: unpublished))
  }

  private func isAtEnd(_ positions: [PartitionPosition]) -> Bool {
    guard positions.count == Int(context.stream.partitionCount) else { return false }
    return positions.allSatisfy { position in
      if position.haltedReason != nil { return true }
      do throws(LogFailure) {
        return try context.log.range(of: position.partition).upperBound == position.nextOffset
      } catch {
        return false
      }
    }
  }
}

/// For how long every partition has stood at the log's end. Pure.
struct IdleCheck: Sendable {
  private var since: Duration?

  mutating func observe(isAtEnd: Bool, now: Duration) -> Duration {
    guard isAtEnd else {
      since = nil
      return .zero
    }
    let start = since ?? now
    since = start
    return now - start
  }
}
