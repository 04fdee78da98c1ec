/// Runs a prepared batch to its commit, whatever the database does meanwhile.
extension PartitionWriter {
  func commit(_ batch: PreparedBatch<Handler.Job>, _ session: inout Session) throws(WorkStop) {
    // Halves of a refused batch wait here, in offset order.
    var waiting = [batch]
    while let stretch = waiting.popLast() {
      if let halves = try commitOrHalve(stretch, &session) {
        waiting.append(halves.1)
        waiting.append(halves.0)
      }
    }
  }

  private func commitOrHalve(
    _ original: PreparedBatch<Handler.Job>, _ session: inout Session
  ) throws(WorkStop) -> (PreparedBatch<Handler.Job>, PreparedBatch<Handler.Job>)? {
    var stretch = original
    var recovery = BatchRecovery()
    let fence = Fence(
      partition: ownership.id, epoch: ownership.epoch, owner: ownership.owner, from: stretch.from,
      to: stretch.to,
      anchors: keeper.after(lastRecord(before: stretch.to, session.records), now: context.now()))
    while true {
      let failure: StoreFailure
      do throws(StoreFailure) {
        if try !isStanding(fence, &recovery, &session) {
          try heedDeadAlarm(stretch)
          try attempt(stretch, fence: fence, &session)
        }
        countDead(stretch)
        return nil
      } catch {
        failure = error
      }
      switch recovery.failed(failure, jobs: stretch.jobs.count) {
      case .rerun(let delay):
        rollBack(&session)
        retry(failure, after: delay)
      case .rerunCarefully:
        claimMode.conflicted()
        rollBack(&session)
      case .reconnect(let delay):
        // The batch may be given up before the connection is mended: the session must be able to begin another.
        // What a dead connection says to a rollback is no news.
        try? session.store.rollback()
        retry(failure, after: delay)
      case .halve:
        rollBack(&session)
        return stretch.halves()
      case .declareDead:
        rollBack(&session)
        let cause = DeadLetterCause(.refusedByDatabase, failure.description)
        stretch = stretch.withoutJobs(cause, records: session.records)
      case .fenced(let row):
        rollBack(&session)
        throw guardRefused(row)
      case .halt(let reason):
        rollBack(&session)
        throw .halted(reason)
      case .stop(let failure):
        rollBack(&session)
        throw .storeBroken(failure)
      }
      if isRevoked() { throw .revoked }
      try proveLog()
    }
  }

  /// Where the setting says so, a batch that would bring the dead records over the bound is not begun.
  private func heedDeadAlarm(_ stretch: PreparedBatch<Handler.Job>) throws(StoreFailure) {
    guard context.deadAlarm == .halt, !stretch.dead.isEmpty,
      let alarm = deadAlarm.crossing(stretch.deadCodes)
    else { return }
    throw StoreFailure(
      .unexpected,
      message: "with offsets \(stretch.from) to \(stretch.to - 1), of which none is decided, \(alarm)",
      hint: """
        Mend the cause, then teller partition resume; \
        or start the worker with --dead-alarm warn to let them die.
        """)
  }

  private func countDead(_ stretch: PreparedBatch<Handler.Job>) {
    // As long as nothing is dead there is nothing to count.
    if stretch.dead.isEmpty, deadAlarm.deadCount == 0 { return }
    if let alarm = deadAlarm.committed(stretch.deadCodes) {
      context.report(.deadAlarm(partition: ownership.partition, reason: alarm))
    }
  }

  /// Mends the connection where that is needed, and finds out about a commit in doubt. True: the commit stands.
  private func isStanding(
    _ fence: Fence, _ recovery: inout BatchRecovery, _ session: inout Session
  ) throws(StoreFailure) -> Bool {
    if recovery.mustReconnect {
      session.handler.forget()
      recent.forget()
      try session.store.reconnect()
      recovery.reconnected()
      context.signals.dropMemories()
    }
    guard recovery.isInDoubt else { return false }
    switch try session.store.resolve(fence) {
    case .committed:
      context.publisher?.advanced(ownership, to: fence.to)
      next = fence.to
      keeper.committed(fence.anchors, now: context.now())
      hasUnverifiedCommits = true
      return true
    case .notCommitted:
      recovery.resolved()
      return false
    case .fenced(let row), .astray(let row):
      recovery.resolved()
      throw StoreFailure(.fenced(row), message: "the owner row changed while a commit was in doubt")
    }
  }

  /// The guard did not match. Below a position that was seen committed, the database itself went back.
  private func guardRefused(_ row: OwnerRow) -> WorkStop {
    // Whoever owns it by now: a healthy successor is never below what we saw committed.
    row.nextOffset < next || row.epoch < ownership.epoch ? .wentBack(row) : .fenced(row)
  }

  private func attempt(
    _ stretch: PreparedBatch<Handler.Job>, fence: Fence, _ session: inout Session
  ) throws(StoreFailure) {
    let started = context.now()
    let plan = ClaimPlan(stretch.jobs, recent: recent)
    let transaction = BatchTransaction<Handler, Store>(
      store: session.store, crashPoints: context.crashPoints,
      isLogProved: { self.verifiedDisturbance == self.context.signals.disturbance })
    let careful = claimMode.isCareful
    let outcomes = try transaction.execute(
      stretch, fence: fence, plan: plan, carefully: careful, claimsKeys: context.claimsKeys,
      handler: &session.handler)
    let here = outcomes.repeats.count {
      $0.first.partition == fence.partition && $0.first.offset >= fence.from
    }
    publish(stretch, outcomes, &session)
    let known = plan.roles.count { if case .known = $0 { true } else { false } }
    commitStands(fence, plan: plan, foundOld: outcomes.repeats.count > here + known, &session)
    context.report(.committed(partition: ownership.partition, outcomes, took: context.now() - started))
  }

  /// Hands over what was committed, while the handler still knows what it decided. Never waits.
  private func publish(
    _ stretch: PreparedBatch<Handler.Job>, _ outcomes: BatchOutcomes, _ session: inout Session
  ) {
    guard let publisher = context.publisher else { return }
    guard let facts = session.store.facts(), facts.firsts.count == outcomes.repeats.count else {
      return publisher.advanced(ownership, to: stretch.to)
    }
    let batch = DecidedBatch(
      stretch, outcomes, facts, ownership: ownership, incarnation: context.stream.incarnation,
      records: session.records, handler: &session.handler)
    publisher.committed(batch, ownership, reload: session.seenReload)
  }

  /// The commit is certain: only now may anything of it be remembered.
  private func commitStands(_ fence: Fence, plan: ClaimPlan, foundOld: Bool, _ session: inout Session) {
    next = fence.to
    keeper.committed(fence.anchors, now: context.now())
    hasUnverifiedCommits = true
    claimMode.committed(foundOld: foundOld)
    session.handler.committed()
    // In a careful batch some claims were old; their true place is in the table, not here.
    if !foundOld { recent.remember(plan.claims, in: ownership.id) }
  }

  private func rollBack(_ session: inout Session) {
    session.handler.forget()
    recent.forget()
    do throws(StoreFailure) {
      try session.store.rollback()
    } catch {
      // The connection did not survive its rollback. The next attempt finds that out and reconnects.
      context.report(.retrying(partition: ownership.partition, error))
    }
  }

  private func retry(_ failure: StoreFailure, after delay: Duration) {
    context.report(.retrying(partition: ownership.partition, failure))
    // Jitter, so that two batches that met once do not meet again at the same moment.
    pause(delay * Double.random(in: 0.5...1.5))
  }

  private func lastRecord(before end: Int64, _ records: RecordBatch) -> Anchor? {
    guard let index = records.slots.lastIndex(where: { $0.offset < end }) else { return nil }
    let slot = records.slots[index]
    return Anchor(
      offset: slot.offset, key: records.key(index), value: records.value(index), timestamp: slot.timestamp)
  }

  /// Waits in short steps, so that a revocation is not kept waiting.
  func pause(_ delay: Duration) {
    var left = delay
    while left > .zero, !isRevoked() {
      context.signals.beat()
      let step = min(left, .milliseconds(100))
      context.sleep(step)
      left -= step
    }
  }
}
