/// What is looked at from time to time: growth of the topic, identity of the database, halts and the end of work.
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

  init(
    context: WriterContext<Log, Reader>, configuration: WorkerConfiguration,
    control: @escaping @Sendable (ControlMessage) -> Void
  ) {
    self.context = context
    self.configuration = configuration
    self.control = control
    self.grownCheckedAt = context.now()
    self.serverCheckedAt = context.now()
  }

  /// - Parameter isAssigned: the group has spoken at least once; before that nothing counts as idle.
  mutating func perform(_ store: any OwnershipStore, isAssigned: Bool) throws(StoreFailure) {
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
    if isAssigned, let limit = configuration.untilIdle { try checkIdle(store, limit: limit, now: now) }
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

  private mutating func checkIdle(
    _ store: any OwnershipStore, limit: Duration, now: Duration
  ) throws(StoreFailure) {
    let positions = try store.positions(of: context.stream)
    // A halted partition stands where it stands; the others are drained first.
    guard idle.observe(isAtEnd: isAtEnd(positions), now: now) >= limit else { return }
    // New partitions are in no position: the count is asked once more before everything counts as decided. A stream that
    // halted has its reasons in the positions.
    let halted = positions.compactMap { position in position.haltedReason.map { (position.partition, $0) } }
    if halted.count < positions.count {
      guard try isCountRight(store) else { return }
    }
    control(.idle(halted: Dictionary(halted) { first, _ in first }))
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
