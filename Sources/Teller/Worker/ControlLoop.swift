/// The control thread's round: one event of the group, all messages of the other threads, the actions that follow.
struct ControlLoop<Handler: JobHandler, Store: JobStore, Log: JobLog, Reader: LogReader>
where Handler.Transaction == Store.Transaction {
  let worker: Worker<Handler, Store, Log, Reader>
  private var machine = AssignmentStateMachine()
  private var revocation = Revocation()
  private var halted: [Int32: String] = [:]
  private var isStreamHalted = false
  private var claimDisturbance = 0
  private var exportedAt: Duration
  private var rescannedAt: Duration
  private var exit: WorkerExit?

  init(worker: Worker<Handler, Store, Log, Reader>) {
    self.worker = worker
    self.exportedAt = worker.ports.now()
    self.rescannedAt = worker.ports.now()
  }

  private var now: Duration { worker.ports.now() }

  /// Goes round once. Returns how the worker ends, once it does.
  mutating func turn() -> WorkerExit? {
    if let event = worker.ports.log.poll(timeout: Worker<Handler, Store, Log, Reader>.pollTimeout) {
      heard(event)
    }
    let messages = worker.inbox.withLock { inbox in
      defer { inbox.removeAll() }
      return inbox
    }
    for message in messages where exit == nil { received(message) }
    tick()
    return exit
  }

  /// Ends reading, waits for the batches in flight, tells Kafka where we stand.
  mutating func drainForExit() {
    let positions = worker.pool.positions
    revocation.revoke()
    _ = worker.pool.drain(within: worker.configuration.drainLimit)
    if !positions.isEmpty, !worker.ports.log.assignmentWasLost { worker.ports.log.exportPositions(positions) }
  }

  private mutating func heard(_ event: LogEvent) {
    switch event {
    case .assigned(let partitions):
      if !isStreamHalted { halted = [:] }
      perform(machine.assigned(partitions))
    case .revoked(let lost):
      worker.report(.revoked(lost: lost))
      if !isStreamHalted { halted = [:] }
      worker.configuration.crashPoints.reach(.revokeBeforeDrain)
      perform(machine.revoked(lost: lost))
    case .disturbed(let why):
      worker.context.signals.disturb()
      worker.report(.trouble(why))
    case .trouble(let failure): worker.report(.trouble(failure.description))
    case .fatal(let failure): exit = .fatal(failure.description)
    }
  }

  private mutating func received(_ message: ControlMessage) {
    switch message {
    case .claimed(let claim, let ownerships, let disturbance):
      claimDisturbance = disturbance
      if claim.needsProof {
        for ownership in ownerships {
          worker.report(.reclaimed(partition: ownership.partition, epoch: ownership.epoch))
        }
      }
      perform(machine.claimed(claim, ownerships))
    case .stopped(let ownership, let stop): stopped(ownership, stop)
    case .halted(let ownership, let reason):
      // Nothing more is decided; what was decided before is still published.
      worker.context.publisher?.own([ownership])
      halt(ownership, reason)
    case .resumed(let partition, let generation):
      perform(machine.resumed(partition, generation: generation))
    case .streamHalted(let reason): haltStream(reason)
    case .idle(let found, let unpublished):
      let all = halted.merging(found) { _, recorded in recorded }
      exit = !all.isEmpty ? .halted(all) : unpublished > 0 ? .unpublished(unpublished) : .idle
    case .fatal(let reason): exit = .fatal(reason)
    case .stop: exit = stoppedOrHalted
    }
  }

  /// A worker that is asked to stop says so if anything of its own stands still.
  private var stoppedOrHalted: WorkerExit { halted.isEmpty ? .stopped : .halted(halted) }

  private mutating func stopped(_ ownership: Ownership, _ stop: WorkStop) {
    // Re-claims are counted only while no commit of ours lies between them.
    let position = worker.pool.positions.first { $0.partition == ownership.partition }
    if let position, position.offset > ownership.nextOffset { machine.committed(ownership.partition) }
    switch stop {
    case .fenced(let row):
      worker.context.publisher?.disown(ownership.partition)
      worker.report(.fenced(partition: ownership.partition, row))
      perform(machine.fenced(ownership, now: now))
    case .wentBack(let row):
      worker.context.publisher?.disown(ownership.partition)
      worker.report(.fenced(partition: ownership.partition, row))
      worker.context.signals.dropMemories()
      worker.ownership.databaseWentBack(
        "partition \(ownership.partition) stands at offset \(row.nextOffset), epoch \(row.epoch): "
          + "behind what was seen committed")
      perform(machine.fenced(ownership, now: now))
    case .reread(let why):
      worker.report(.trouble("partition \(ownership.partition): \(why)"))
      perform(
        machine.reread(ownership, at: position?.offset ?? ownership.nextOffset, why: why, now: now))
    case .halted(let reason):
      if machine.halted(ownership) { halt(ownership, reason) }
    case .streamHalted(let reason): haltStream(reason)
    case .revoked: break
    case .storeBroken(let failure): exit = .fatal(failure.description)
    case .logFatal(let failure): exit = .fatal(failure.description)
    }
  }

  private mutating func halt(_ ownership: Ownership, _ reason: String) {
    halted[ownership.partition] = reason
    worker.ownership.halt(ownership, reason: reason)
    worker.report(.halted(partition: ownership.partition, reason: reason))
  }

  private mutating func haltStream(_ reason: String) {
    guard !isStreamHalted else { return }
    isStreamHalted = true
    for partition in 0..<worker.context.stream.partitionCount { halted[partition] = reason }
    worker.report(.streamHalted(reason: reason))
    worker.ownership.haltStream(reason)
    revocation.revoke()
    _ = worker.pool.drain(within: worker.configuration.drainLimit)
  }

  private mutating func perform(_ actions: [AssignmentStateMachine.Action]) {
    worker.ownership.advance(to: machine.generation)
    for action in actions {
      do throws(LogFailure) {
        try perform(action)
      } catch {
        // Nobody repeats an action: half an assignment would stand still for ever. Another process takes over.
        exit = .fatal(error.description)
      }
    }
  }

  private mutating func perform(_ action: AssignmentStateMachine.Action) throws(LogFailure) {
    switch action {
    case .drain(let wait):
      revocation.revoke()
      defer { worker.context.publisher?.disownAll() }
      if !worker.pool.drain(within: wait ? worker.configuration.drainLimit : .zero), wait {
        worker.report(
          .trouble("a batch in flight did not end in time; the next owner finds out what became of it"))
      }
      worker.configuration.crashPoints.reach(.revokeBeforeUnassign)
    case .unassign: try worker.ports.log.unassign()
    case .claim(let claim):
      // A takeover clears the reason of a halt; the stream's stands.
      if !isStreamHalted { worker.ownership.claim(claim) }
    case .start(let ownerships): try start(ownerships)
    case .startNothing: try worker.ports.log.assign([])
    case .rereadAll: try reread()
    case .halt(let ownership, let reason):
      worker.pool.stop(ownership.partition)
      halt(ownership, reason)
    case .giveUp(let partition):
      exit = .fatal(
        "partition \(partition) was claimed by another process more than \(ReclaimPolicy.reclaimsMax) times in a minute"
      )
    }
  }

  private mutating func start(_ ownerships: [Ownership]) throws(LogFailure) {
    guard !isStreamHalted else { return }
    if revocation.isRevoked { revocation = Revocation() }
    let current = revocation
    worker.context.publisher?.own(ownerships)
    let share = worker.configuration.recentKeysMax / max(machine.owned.count, 1)
    for ownership in ownerships {
      halted[ownership.partition] = nil
      let source = try worker.ports.log.source(for: ownership.partition)
      let writer = PartitionWriter<Handler, Store, Log, Reader>(
        ownership, source: source, context: worker.context, recentKeysMax: share,
        verifiedDisturbance: claimDisturbance, isRevoked: { current.isRevoked })
      worker.pool.install(writer)
    }
    try worker.ports.log.assign(worker.pool.positions)
    worker.pool.allReadable()
    worker.report(
      .assigned(ownerships.map { PartitionStart(partition: $0.partition, offset: $0.nextOffset) }))
  }

  private func reread() throws(LogFailure) {
    try worker.ports.log.unassign()
    try worker.ports.log.assign(worker.pool.positions)
    worker.pool.allReadable()
  }

  private mutating func tick() {
    if now - rescannedAt >= Worker<Handler, Store, Log, Reader>.rescanPeriod {
      rescannedAt = now
      worker.pool.allReadable()
    }
    guard now - exportedAt >= Worker<Handler, Store, Log, Reader>.exportPeriod else { return }
    exportedAt = now
    let positions = worker.pool.positions
    // For lag tools only. Never without an assignment: a commit then costs other members theirs.
    if !positions.isEmpty { worker.ports.log.exportPositions(positions) }
  }
}
