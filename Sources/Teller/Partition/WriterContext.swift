import Foundation

/// What every partition writer of a process shares. Immutable, or safe from any thread.
struct WriterContext<Log: JobLog, Reader: LogReader>: Sendable {
  let stream: StreamIdentity
  let log: Log
  let reader: Reader
  let limits: BatchLimits
  let recordLimits: RecordLimits
  let crashPoints: CrashPoints
  let claimsKeys: Bool
  let signals: WorkerSignals
  /// Nil: nothing is published.
  var publisher: Publisher? = nil
  let now: @Sendable () -> Duration
  let report: @Sendable (WorkerEvent) -> Void
  /// What happens when more than half of a partition's last 1,000 records are dead.
  var deadAlarm = DeadAlarmResponse.warn
  /// Lets time pass on a writer's thread. A simulation moves its clock instead.
  var sleep: @Sendable (Duration) -> Void = { Thread.sleep(forTimeInterval: $0.seconds) }
}

/// One writer thread's own things: its connection, its handler with what that remembers, its buffer.
struct WriterSession<Handler: JobHandler, Store: JobStore> where Handler.Transaction == Store.Transaction {
  let store: Store
  var handler: Handler
  var records = RecordBatch()
  /// The reload number up to which the handler's memory is good.
  var seenReload = 0

  init(store: Store, handler: Handler) {
    self.store = store
    self.handler = handler
  }
}
