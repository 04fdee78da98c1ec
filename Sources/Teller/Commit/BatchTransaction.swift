/// One batch as one guarded transaction: fence, claims, load, sequence → decide → persist, outcomes, COMMIT.
///
/// Everything that is not the handler's or the store's happens here, in this order, on one thread, without suspending.
struct BatchTransaction<Handler: JobHandler, Store: JobStore> where Handler.Transaction == Store.Transaction {
  /// How many rounds a handler may ask for before the batch counts as stuck.
  static var loadRoundsMax: Int { 4 }

  let store: Store
  let crashPoints: CrashPoints
  /// Asked once more right before COMMIT: a log that was disturbed meanwhile must be proved the same first.
  let isLogProved: () -> Bool

  /// Runs the batch to its acknowledged commit, or throws with nothing committed (or, where the failure says so, with
  /// the commit in doubt).
  func execute(
    _ batch: PreparedBatch<Handler.Job>, fence: Fence, plan: ClaimPlan, carefully: Bool, claimsKeys: Bool,
    handler: inout Handler
  ) throws(StoreFailure) -> BatchOutcomes {
    crashPoints.reach(.batchBeforeBegin)
    store.enter(.engine)
    try store.begin(fence)
    try reach(.batchAfterFence)
    if claimsKeys, !plan.claims.isEmpty { try store.claim(plan.claims, carefully: carefully) }
    try reach(.batchAfterDedup)
    try load(batch.jobs, handler: &handler)
    let known = carefully && claimsKeys && !plan.claims.isEmpty ? try store.knownKeys() : []
    let sequence = try store.sequence()
    crashPoints.reach(.batchAfterLock)

    var outcomes = decide(batch, plan: plan, known: known, partition: fence.partition, handler: &handler)
    outcomes.gaps = batch.gaps
    outcomes.dead = batch.dead
    outcomes.from = fence.from
    outcomes.to = fence.to

    let commit = BatchCommit(partition: fence.partition, sequence: sequence)
    if !batch.jobs.isEmpty {
      store.enter(.handler)
      try handler.persist(commit, in: store.transaction)
      try store.endHandlerPart()
      store.enter(.engine)
    }
    try store.record(outcomes, as: commit)
    try reach(.batchAfterPersist)
    guard isLogProved() else {
      throw StoreFailure(.contended, message: "the log was disturbed while the batch was under way")
    }
    let points = crashPoints
    try store.commit { points.reach(.commitSent) }
    crashPoints.reach(.commitAcknowledged)
    return outcomes
  }

  /// A point inside the pipeline: what was appended so far is sent first, so that the server has done it.
  private func reach(_ point: CrashPoint) throws(StoreFailure) {
    guard crashPoints.isArmed(point) else { return }
    try store.push()
    crashPoints.reach(point)
  }

  private func load(_ jobs: [BatchJob<Handler.Job>], handler: inout Handler) throws(StoreFailure) {
    guard !jobs.isEmpty else {
      try store.drawSequence()
      return try store.synchronize()
    }
    store.enter(.handler)
    try handler.load(jobs, in: store.transaction)
    for _ in 0..<Self.loadRoundsMax {
      store.enter(.engine)
      // Drawn behind every lock. A round that adds locks draws again; the numbers skipped mean nothing.
      try store.drawSequence()
      try store.synchronize()
      store.enter(.handler)
      switch try handler.loaded(in: store.transaction) {
      case .complete: return store.enter(.engine)
      case .more: continue
      case .startOver:
        throw StoreFailure(.contended, message: "accounts appeared while the batch was loading")
      }
    }
    throw StoreFailure(
      .unexpected, message: "the handler asked for more than \(Self.loadRoundsMax) rounds of loading")
  }

  private func decide(
    _ batch: PreparedBatch<Handler.Job>, plan: ClaimPlan, known: [KnownKey?], partition: PartitionID,
    handler: inout Handler
  ) -> BatchOutcomes {
    var outcomes = BatchOutcomes()
    for (index, job) in batch.jobs.enumerated() {
      let first: KnownKey?
      switch plan.roles[index] {
      case .known(let key): first = key
      case .claim(let claim): first = known.isEmpty ? nil : known[claim]
      case .repeats(let claim):
        let decidedBefore = known.isEmpty ? nil : known[claim]
        let here = plan.claims[claim]
        first =
          decidedBefore
          ?? KnownKey(
            fingerprint: here.fingerprint, location: Location(partition: partition, offset: here.offset))
      }
      if let first {
        outcomes.repeats.append(
          BatchOutcomes.Repeat(
            offset: job.offset, key: job.key, fingerprint: job.fingerprint, first: first.location,
            isReuse: first.fingerprint != job.fingerprint))
        continue
      }
      switch handler.decide(job) {
      case .applied: outcomes.appliedCount += 1
      case .rejected(let code):
        outcomes.refusals.append(BatchOutcomes.Refusal(offset: job.offset, code: code))
      }
    }
    return outcomes
  }
}
