/// The only runner of one owned partition: intake → batch → guarded transaction, again and again.
///
/// Belongs to one writer thread at a time; the schedule sees to that. It remembers only committed state between two
/// calls of `work`, so that whatever it held in memory may be dropped at any time.
final class PartitionWriter<Handler: JobHandler, Store: JobStore, Log: JobLog, Reader: LogReader>
where Handler.Transaction == Store.Transaction {
  typealias Session = WriterSession<Handler, Store>

  let ownership: Ownership
  let source: Log.Source
  let context: WriterContext<Log, Reader>
  let isRevoked: @Sendable () -> Bool
  var next: Int64
  var intake: PartitionIntake
  var keeper: AnchorKeeper
  var recent: RecentKeys
  var claimMode = ClaimMode()
  var deadAlarm = DeadAlarm()
  var verifiedAt: Duration
  var verifiedDisturbance: Int
  /// Something was committed since the anchors were verified.
  var hasUnverifiedCommits = false
  /// The reload number up to which `recent` is good. Sessions have one of their own: several serve one partition.
  private var seenReload: Int
  /// A failed fetch that came behind good records. The client may say it only once.
  private var fetchFailure: LogFailure?

  /// - Parameter verifiedDisturbance: the disturbance number read *before* the anchors were verified at takeover.
  init(
    _ ownership: Ownership, source: Log.Source, context: WriterContext<Log, Reader>, recentKeysMax: Int,
    verifiedDisturbance: Int, isRevoked: @escaping @Sendable () -> Bool
  ) {
    self.ownership = ownership
    self.source = source
    self.context = context
    self.isRevoked = isRevoked
    self.next = ownership.nextOffset
    self.intake = PartitionIntake(next: ownership.nextOffset)
    self.keeper = AnchorKeeper(ownership.anchors, now: context.now())
    self.recent = RecentKeys(keysMax: recentKeysMax)
    self.verifiedAt = context.now()
    self.verifiedDisturbance = verifiedDisturbance
    self.seenReload = context.signals.reload
  }

  /// Takes what waits, decides it and commits it. Returns when the batch's end is known.
  func work(_ session: inout Session) -> WorkResult {
    let reload = context.signals.reload
    if session.seenReload != reload {
      session.handler.forget()
      session.seenReload = reload
    }
    if seenReload != reload {
      recent.forget()
      seenReload = reload
    }
    if let failure = fetchFailure.take() { return fetchingFailed(failure) }
    session.records.removeAll()
    intake.restart(at: next)
    let queueIsEmpty: Bool
    do {
      queueIsEmpty = try fill(&session.records)
    } catch {
      return fetchingFailed(error)
    }
    guard intake.expected > next else { return rest() }
    do throws(WorkStop) {
      try proveLog()
      let batch = try prepare(&session)
      try commit(batch, &session)
      return queueIsEmpty ? .idle : .more
    } catch {
      return .stopped(error)
    }
  }

  /// Nothing waits. What was decided since the last verification is verified all the same when that is due: a log that
  /// was replaced unnoticed may hold nothing more to decide, and would never be noticed.
  private func rest() -> WorkResult {
    guard hasUnverifiedCommits else { return .idle }
    do throws(WorkStop) {
      try proveLog()
      return .idle
    } catch {
      return .stopped(error)
    }
  }

  /// Pops until a cap is reached or nothing waits. True: the queue was seen empty.
  private func fill(_ records: inout RecordBatch) throws(LogFailure) -> Bool {
    while records.slots.count < context.limits.recordsMax, records.byteCount < context.limits.bytesMax {
      switch source.pop(into: &records) {
      case .record(let offset):
        if intake.record(at: offset) == .drop { records.removeLast() }
      case .end(let offset): intake.end(at: offset)
      case .empty: return true
      case .failed(let failure):
        if records.slots.isEmpty, intake.gaps.isEmpty { throw failure }
        // What was popped before is good once the log is proved; then the failure has its turn.
        context.signals.disturb()
        fetchFailure = failure
        return false
      }
    }
    return false
  }

  private func fetchingFailed(_ failure: LogFailure) -> WorkResult {
    context.signals.disturb()
    switch failure.kind {
    case .outOfRange:
      // Either the log lost the position, which the proof finds out, or the queue lost its place in the log.
      do throws(WorkStop) {
        try proveLog()
        return .stopped(.reread(failure.description))
      } catch {
        return .stopped(error)
      }
    case .fatal: return .stopped(.logFatal(failure))
    case .transient, .notAMember, .refused:
      context.report(.trouble("partition \(ownership.partition): \(failure)"))
      return .idle
    }
  }

  private func prepare(_ session: inout Session) throws(WorkStop) -> PreparedBatch<Handler.Job> {
    try confirmGaps(session.records)
    let preparation = BatchPreparation(
      partition: ownership.partition, partitionCount: context.stream.partitionCount,
      placement: context.stream.placement, limits: context.recordLimits)
    let prepared = preparation.prepare(
      session.records, from: next, to: intake.expected, gaps: intake.gaps, handler: &session.handler)
    if prepared.isAnyMisplaced { try proveCount() }
    return prepared.batch
  }
}

/// What a call of `work` came to.
enum WorkResult {
  /// Nothing waits.
  case idle
  /// More waits.
  case more
  /// This writer is done for.
  case stopped(WorkStop)
}

/// Why a partition's writer stopped.
enum WorkStop: Error {
  /// The guard refused us.
  case fenced(OwnerRow)
  /// The database stands below a position that was seen committed.
  case wentBack(OwnerRow)
  /// The queue is not where the log is: read it again from the committed position.
  case reread(String)
  /// The partition halts and says why.
  case halted(String)
  /// The stream halts.
  case streamHalted(String)
  /// The partition was taken away while its batch was being mended.
  case revoked
  /// The store says that the process must stop.
  case storeBroken(StoreFailure)
  /// The client says that the process must stop.
  case logFatal(LogFailure)
}

/// Whether claims are inserted plainly or with a look first. Plain is cheaper, and fails where a key exists; after such
/// a failure the next batches look first, the more of them the sooner it failed again.
struct ClaimMode {
  private(set) var carefulBatches = 0
  private var span = 16
  private static let spanMax = 1_024

  var isCareful: Bool { carefulBatches > 0 }

  mutating func conflicted() {
    carefulBatches = span
    span = min(span * 2, Self.spanMax)
  }

  /// - Parameter foundOld: the careful look found keys that the plain insert would have failed on.
  mutating func committed(foundOld: Bool) {
    guard carefulBatches > 0 else {
      span = max(span / 2, 16)
      return
    }
    carefulBatches = foundOld ? max(carefulBatches, span / 2) : carefulBatches - 1
  }
}
