import Foundation

/// Takes partitions over, one after the other: proof of membership where it is asked for, the epoch in the database,
/// then the proof that the log is still the one the position belongs to.
struct Claimer<Log: JobLog, Reader: LogReader> {
  let context: WriterContext<Log, Reader>
  let configuration: WorkerConfiguration
  let control: @Sendable (ControlMessage) -> Void
  /// The assignment that asked is over.
  let isOutdated: () -> Bool
  private(set) var disturbance = 0

  init(
    context: WriterContext<Log, Reader>, configuration: WorkerConfiguration,
    control: @escaping @Sendable (ControlMessage) -> Void, isOutdated: @escaping () -> Bool
  ) {
    self.context = context
    self.configuration = configuration
    self.control = control
    self.isOutdated = isOutdated
  }

  /// The partitions that are ours and can be read; nil where the claim became void.
  mutating func claim(
    _ claim: AssignmentStateMachine.Claim, _ store: any OwnershipStore, positions: () -> [PartitionStart]
  ) -> [Ownership]? {
    disturbance = context.signals.disturbance
    if claim.needsProof {
      guard proveMembership(claim, positions()) else { return nil }
    }
    if let last = claim.partitions.max(), last >= context.stream.partitionCount {
      control(.streamHalted(GrowthCheck.reason(context.stream, count: last + 1)))
      return nil
    }
    var ownerships: [Ownership] = []
    for partition in claim.partitions {
      guard let ownership = takeOver(partition, store) else { return nil }
      guard let reason = checkLog(ownership) else { return nil }
      if reason.isEmpty {
        ownerships.append(ownership)
      } else {
        control(.halted(ownership, reason: reason))
      }
    }
    return isOutdated() ? nil : ownerships
  }

  /// Asks the coordinator, after the fence, whether this member is still a current one. A committed offset that the
  /// coordinator accepts is an acknowledged heartbeat: it checks member and generation.
  private func proveMembership(_ claim: AssignmentStateMachine.Claim, _ positions: [PartitionStart]) -> Bool {
    let proof =
      positions.isEmpty ? claim.partitions.map { PartitionStart(partition: $0, offset: 0) } : positions
    return attempt { () throws(LogFailure) in try context.log.proveMembership(proof) } != nil
      && !context.log.assignmentWasLost
  }

  private func takeOver(_ partition: Int32, _ store: any OwnershipStore) -> Ownership? {
    var attempt = 0
    while !isOutdated(), !context.log.assignmentWasLost {
      configuration.crashPoints.reach(.assignBeforeTakeover)
      do throws(StoreFailure) {
        let ownership = try store.takeOver(partition, of: context.stream, owner: configuration.owner)
        configuration.crashPoints.reach(.assignAfterTakeover)
        context.signals.dropMemories()
        return ownership
      } catch {
        if error.kind == .broken || error.kind == .unexpected {
          control(.fatal("partition \(partition) cannot be taken over: \(error)"))
          return nil
        }
        attempt += 1
        context.report(.trouble("takeover of partition \(partition): \(error)"))
        pause(attempt)
        if case .disconnected = error.kind { reconnect(store) }
      }
    }
    return nil
  }

  private func reconnect(_ store: any OwnershipStore) {
    do throws(StoreFailure) {
      try store.reconnect()
    } catch {
      context.report(.trouble("ownership: \(error)"))
    }
  }

  /// Empty: the log is good. A sentence: why the partition must halt. Nil: the claim is void.
  private func checkLog(_ ownership: Ownership) -> String? {
    let finding = attempt { () throws(LogFailure) in
      try AnchorVerification.verify(
        ownership.anchors, next: ownership.nextOffset, range: context.log.range(of: ownership.partition),
        partition: ownership.partition, reader: context.reader)
    }
    switch finding {
    case nil: return nil
    case .other(let reason): return reason
    case .same:
      context.report(.anchorsVerified(partition: ownership.partition, expired: false))
      return ""
    case .expired:
      context.report(.anchorsVerified(partition: ownership.partition, expired: true))
      return ""
    }
  }

  /// Asks the broker until it answers or the claim is void.
  private func attempt<Answer>(_ question: () throws(LogFailure) -> Answer) -> Answer? {
    var attempt = 0
    while !isOutdated() {
      do throws(LogFailure) {
        return try question()
      } catch {
        // Not a member any more: the group itself will say so with a revocation.
        if error.kind == .fatal { control(.fatal("claim: \(error)")) }
        if error.kind == .notAMember || error.kind == .fatal { return nil }
        attempt += 1
        context.report(.trouble("claim: \(error)"))
        pause(attempt)
      }
    }
    return nil
  }

  private func pause(_ attempt: Int) {
    let delay = BatchRecovery.backoff(attempt, first: .milliseconds(20), most: .seconds(1))
    Thread.sleep(forTimeInterval: delay.seconds)
  }
}
