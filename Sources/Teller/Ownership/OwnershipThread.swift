import Foundation

/// Claims partitions in the database and watches over the stream, so that the control thread never waits for either.
///
/// Between claims it looks, each at its own pace, whether the topic grew, whether the database is another one, and
/// whether everything is decided.
final class OwnershipThread<Log: JobLog, Reader: LogReader>: Sendable {
  private struct Halt {
    let ownership: Ownership
    let reason: String
    /// The assignment's, under which it halted.
    let generation: Int
  }

  private struct Inbox {
    var claims: [AssignmentStateMachine.Claim] = []
    var halts: [Halt] = []
    var streamHalt: String?
    var wentBack: String?
    var generation = 0
    var isHalted = false
    var isClosed = false
    var isDone = false
  }

  private let inbox = Monitor(Inbox())
  private let context: WriterContext<Log, Reader>
  private let configuration: WorkerConfiguration
  private let control: @Sendable (ControlMessage) -> Void
  private let positions: @Sendable () -> [PartitionStart]

  init(
    _ context: WriterContext<Log, Reader>, _ configuration: WorkerConfiguration,
    positions: @escaping @Sendable () -> [PartitionStart],
    control: @escaping @Sendable (ControlMessage) -> Void
  ) {
    self.context = context
    self.configuration = configuration
    self.positions = positions
    self.control = control
  }

  /// Claims of a former generation are given up, even in the middle.
  func claim(_ claim: AssignmentStateMachine.Claim) { inbox.withLock { $0.claims.append(claim) } }

  /// The assignment changed.
  func advance(to generation: Int) {
    inbox.withLock { inbox in
      inbox.generation = generation
      inbox.claims.removeAll { $0.generation < generation }
    }
  }

  /// Writes down why a partition stands still.
  func halt(_ ownership: Ownership, reason: String) {
    inbox.withLock { inbox in
      inbox.halts.append(Halt(ownership: ownership, reason: reason, generation: inbox.generation))
    }
  }

  /// Writes down why the whole stream stands still.
  ///
  /// Claims end with it: a takeover clears the reason of a halt.
  func haltStream(_ reason: String) {
    inbox.withLock { inbox in
      inbox.streamHalt = reason
      inbox.isHalted = true
      inbox.claims = []
    }
  }

  /// The database stands behind what was seen committed: the history is raised before anything else.
  func databaseWentBack(_ reason: String) { inbox.withLock { $0.wentBack = reason } }

  func start(_ makeStore: @escaping @Sendable () -> any OwnershipStore) {
    let thread = Thread { [self] in
      serve(makeStore())
      inbox.withLock { $0.isDone = true }
    }
    thread.name = "teller-ownership"
    thread.start()
  }

  func close(within limit: Duration) -> Bool {
    inbox.withLock { $0.isClosed = true }
    return inbox.wait(for: limit) { $0.isDone ? true : nil } ?? false
  }

  private enum Task {
    case claim(AssignmentStateMachine.Claim)
    case halt(Halt)
    case haltStream(String)
    case raiseHistory(String)
    case duty
    case end
  }

  private func serve(_ store: any OwnershipStore) {
    var duties = StreamDuties(context: context, configuration: configuration, control: control)
    while true {
      let task = inbox.wait(for: .milliseconds(200)) { inbox -> Task? in
        if let reason = inbox.wentBack.take() { return .raiseHistory(reason) }
        if let reason = inbox.streamHalt.take() { return .haltStream(reason) }
        if !inbox.halts.isEmpty { return .halt(inbox.halts.removeFirst()) }
        if inbox.isClosed { return .end }
        return inbox.claims.isEmpty ? nil : .claim(inbox.claims.removeFirst())
      }
      do throws(StoreFailure) {
        switch task ?? .duty {
        case .end: return
        case .claim(let claim): serve(claim, store)
        case .halt(let halt):
          try store.halt(halt.ownership, reason: halt.reason)
          duties.wroteHalt(of: halt.ownership.partition, generation: halt.generation)
        case .haltStream(let reason): try store.haltStream(context.stream, reason: reason)
        case .raiseHistory(let reason):
          try store.raiseHistory(reason: reason)
          context.report(.historyRaised(reason))
        case .duty: try duties.perform(store, generation: inbox.withLock { $0.generation })
        }
      } catch {
        postpone(task)
        mend(store, after: error)
      }
    }
  }

  /// What could not be written down is written down later: a halt without its reason is never seen as one. At the end
  /// of the process it is given up.
  private func postpone(_ task: Task?) {
    inbox.withLock { inbox in
      if inbox.isClosed { return }
      switch task {
      case .halt(let halt): inbox.halts.append(halt)
      case .haltStream(let reason): inbox.streamHalt = inbox.streamHalt ?? reason
      case .raiseHistory(let reason): inbox.wentBack = inbox.wentBack ?? reason
      case .claim, .duty, .end, nil: break
      }
    }
  }

  private func serve(_ claim: AssignmentStateMachine.Claim, _ store: any OwnershipStore) {
    var claimer = Claimer(context: context, configuration: configuration, control: control) { [inbox] in
      inbox.withLock { $0.generation > claim.generation || $0.isClosed || $0.isHalted }
    }
    guard let ownerships = claimer.claim(claim, store, positions: positions) else { return }
    control(.claimed(claim, ownerships, disturbance: claimer.disturbance))
  }

  private func mend(_ store: any OwnershipStore, after failure: StoreFailure) {
    if failure.kind == .broken { return control(.fatal(failure.description)) }
    context.report(.trouble("ownership: \(failure)"))
    guard case .disconnected = failure.kind else { return Thread.sleep(forTimeInterval: 0.2) }
    do throws(StoreFailure) {
      try store.reconnect()
      context.signals.dropMemories()
    } catch {
      Thread.sleep(forTimeInterval: 0.2)
    }
  }
}

/// What other threads tell the control thread.
enum ControlMessage: Sendable {
  /// A claim is answered. The disturbance number was read before the anchors were verified.
  case claimed(AssignmentStateMachine.Claim, [Ownership], disturbance: Int)
  /// A writer came to an end.
  case stopped(Ownership, WorkStop)
  /// A partition cannot be read; nobody writes it.
  case halted(Ownership, reason: String)
  /// The halt of a partition, made under this generation, was cleared by a person.
  case resumed(partition: Int32, generation: Int)
  /// The stream stands still.
  case streamHalted(String)
  /// Everything there is, is decided, but for the partitions that stand still, whoever halted them.
  case idle(halted: [Int32: String], unpublished: Int64)
  /// The process must end.
  case fatal(String)
  /// Somebody asked the worker to stop.
  case stop
}
