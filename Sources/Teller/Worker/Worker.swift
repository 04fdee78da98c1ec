/// One worker process: a member of the group, the owner of its partitions, the applier of their records.
///
/// `run` is the control thread: it polls the group, and turns events into actions by a state machine. It never waits
/// for the database, but for batches in flight at a revocation, bounded.
public final class Worker<Handler: JobHandler, Store: JobStore, Log: JobLog, Reader: LogReader>: Sendable
where Handler.Transaction == Store.Transaction {
  static var pollTimeout: Duration { .milliseconds(50) }
  static var exportPeriod: Duration { .seconds(5) }
  static var rescanPeriod: Duration { .milliseconds(500) }

  let ports: WorkerPorts<Handler, Store, Log, Reader>
  let configuration: WorkerConfiguration
  let context: WriterContext<Log, Reader>
  let pool: WriterPool<Handler, Store, Log, Reader>
  let ownership: OwnershipThread<Log, Reader>
  let eviction: EvictionThread
  let inbox: Monitor<[ControlMessage]>
  let report: @Sendable (WorkerEvent) -> Void

  /// A worker on a stream that was opened. Nothing starts before `run`.
  /// `report` is called from several threads and must not block.
  public init(
    stream: StreamIdentity, configuration: WorkerConfiguration,
    ports: WorkerPorts<Handler, Store, Log, Reader>,
    report: @escaping @Sendable (WorkerEvent) -> Void
  ) {
    let inbox = Monitor<[ControlMessage]>([])
    let signals = WorkerSignals()
    let publisher = ports.publication.map { publication in
      var settings = Publisher.Settings()
      settings.bytesMax = configuration.publishBytesMax
      settings.crashPoints = configuration.crashPoints
      return Publisher(
        stream: stream, noEffect: Handler.noEffect, sink: publication.sink, signals: signals,
        settings: settings, now: ports.now, report: report)
    }
    var context = WriterContext(
      stream: stream, log: ports.log, reader: ports.reader, limits: configuration.batch,
      recordLimits: configuration.record, crashPoints: configuration.crashPoints,
      claimsKeys: configuration.claimsKeys, signals: signals, publisher: publisher, now: ports.now,
      report: report)
    context.deadAlarm = configuration.deadAlarm
    let pool = WriterPool<Handler, Store, Log, Reader>(signals: signals) { _, ownership, stop in
      inbox.withLock { $0.append(.stopped(ownership, stop)) }
    }
    self.ports = ports
    self.configuration = configuration
    self.context = context
    self.pool = pool
    self.inbox = inbox
    self.report = report
    self.eviction = EvictionThread(report: report)
    self.ownership = OwnershipThread(context, configuration, positions: { pool.positions }) { message in
      inbox.withLock { $0.append(message) }
    }
  }

  /// Asks the worker to drain and end. Safe from any thread.
  public func stop() { inbox.withLock { $0.append(.stop) } }

  /// Works until it is stopped, idle (where asked for), or cannot go on. Call it once, on a thread of its own.
  /// - Parameter bite: ends the process at once; the watchdog calls it when threads are stuck.
  public func run(bite: @escaping @Sendable (String) -> Void) -> WorkerExit {
    let watchdog = Watchdog(now: ports.now)
    report(.opened(context.stream))
    watchdog.start(pulse: { self.context.signals.pulse }, bite: bite)
    defer { watchdog.stop() }
    start()
    var loop = ControlLoop(worker: self)
    while true {
      watchdog.tick()
      if let exit = loop.turn() { return finish(exit, drained: loop) }
    }
  }

  private func start() {
    eviction.start(ports.makeBlockerWatch)
    let ports = self.ports
    ownership.start(ports.makeOwnershipStore)
    if let publication = ports.publication {
      let incarnation = context.stream.incarnation
      context.publisher?.start(makeStore: publication.makeStore) {
        var catchUp = CatchUp(reader: ports.reader, incarnation: incarnation)
        var handler = ports.makeHandler()
        return { try catchUp.batches($0, $1, $2, handler: &handler) }
      }
    }
    for number in 1...configuration.writers {
      pool.start(name: "teller-writer-\(number)") {
        WriterSession(store: ports.makeStore(), handler: ports.makeHandler())
      }
    }
  }

  private func finish(_ exit: WorkerExit, drained loop: ControlLoop<Handler, Store, Log, Reader>)
    -> WorkerExit
  {
    if case .fatal = exit {
      // A client in a fatal state may hang on close: the caller ends the process at once.
      _ = pool.drain(within: .seconds(2))
      _ = context.publisher?.close(within: .seconds(2))
      return exit
    }
    var loop = loop
    loop.drainForExit()
    let unpublished = publishRest()
    configuration.crashPoints.reach(.shutdownBeforeClose)
    _ = pool.close(within: .seconds(5))
    _ = ownership.close(within: .seconds(5))
    _ = eviction.close(within: .seconds(2))
    _ = ports.log.close(within: .seconds(5))
    return exit == .idle && unpublished != 0 ? .unpublished(unpublished) : exit
  }

  /// Waits, bounded, until what was decided is published. Returns how many offsets are not; nil: not known.
  private func publishRest() -> Int64? {
    guard let publisher = context.publisher else { return 0 }
    let unpublished = publisher.drain(within: configuration.publishLimit)
    if unpublished != 0 { report(.unpublished(unpublished)) }
    _ = publisher.close(within: .seconds(5))
    return unpublished
  }
}
