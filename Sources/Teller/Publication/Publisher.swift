import Foundation

/// Tells the world what was decided: one thread that sends, another that waits for the database and the broker's answers.
///
/// It never holds up applying: writers hand over what they committed and go on; what does not fit in memory is read again
/// from the tables and the log later.
final class Publisher: Sendable {
  /// What the other threads tell it.
  enum Message: Sendable {
    case own([Ownership])
    case disown(Int32)
    case disownAll
    case committed(DecidedBatch, Ownership, reload: Int)
    case advanced(Ownership, to: Int64)
    case answer(PublicationStoreThread.Answer)
  }

  struct Inbox {
    var messages: [Message] = []
    var isClosed = false
    var isDone = false
    /// Decided and not published, of what this process owns; nil while that is not known.
    var backlog: Int64? = 0
  }

  /// What tests and the worker may set.
  struct Settings: Sendable {
    /// Committed batches are kept up to about this size; what comes on top is read again later.
    var bytesMax = 24 << 20
    var movePeriod = Duration.milliseconds(200)
    var retryPeriod = Duration.seconds(2)
    /// Without any report for a partition for so long, although something is under way, it is told as a trouble.
    var patience = Duration.seconds(5)
    /// Without any report for so long, although something is under way, everything is sent again.
    var stallLimit = Duration.seconds(30)
    var crashPoints = CrashPoints.none
  }

  let inbox = Monitor(Inbox())
  let settings: Settings
  let sink: any EventSink
  let signals: WorkerSignals
  let storeThread: PublicationStoreThread
  let now: @Sendable () -> Duration
  let report: @Sendable (WorkerEvent) -> Void
  private let stream: StreamIdentity
  private let noEffect: String

  init(
    stream: StreamIdentity, noEffect: String, sink: any EventSink, signals: WorkerSignals, settings: Settings,
    now: @escaping @Sendable () -> Duration, report: @escaping @Sendable (WorkerEvent) -> Void
  ) {
    let inbox = inbox
    self.stream = stream
    self.noEffect = noEffect
    self.sink = sink
    self.signals = signals
    self.settings = settings
    self.now = now
    self.report = report
    self.storeThread = PublicationStoreThread { answer in
      inbox.withLock { $0.messages.append(.answer(answer)) }
    }
  }

  /// These partitions are ours from now on, the halted ones too: what they decided is still to be told.
  func own(_ ownerships: [Ownership]) { tell(.own(ownerships)) }

  /// The partition is another's.
  func disown(_ partition: Int32) { tell(.disown(partition)) }

  /// All partitions were taken away.
  func disownAll() { tell(.disownAll) }

  /// A batch was committed.
  /// - Parameter reload: the number of the memories that it was decided with.
  func committed(_ batch: DecidedBatch, _ ownership: Ownership, reload: Int) {
    tell(.committed(batch, ownership, reload: reload))
  }

  /// Something was committed that is known from the tables only.
  func advanced(_ ownership: Ownership, to offset: Int64) { tell(.advanced(ownership, to: offset)) }

  private func tell(_ message: Message) {
    inbox.withLock { inbox in
      inbox.messages.append(message)
      inbox.backlog = nil
    }
  }

  func start(
    makeStore: @escaping @Sendable () -> any PublicationStore,
    makeReading: @escaping @Sendable () -> PublicationStoreThread.Reading
  ) {
    storeThread.start(sink: sink, makeStore: makeStore, makeReading: makeReading)
    let thread = Thread { [self] in
      Background.enter()
      var loop = PublisherLoop(self, topic: stream.topic, noEffect: noEffect)
      while !inbox.withLock({ $0.isClosed }) { loop.turn() }
      inbox.withLock { $0.isDone = true }
    }
    thread.name = "teller-publisher"
    thread.start()
  }

  /// Waits until everything decided is published, for as long as it goes forward: at most `limit` without a step.
  /// Returns how many offsets are not; nil: not known.
  func drain(within limit: Duration) -> Int64? {
    var least: Int64?
    while true {
      let before = least
      let now = inbox.wait(for: limit) { inbox -> Int64? in
        guard inbox.messages.isEmpty, let backlog = inbox.backlog else { return nil }
        return backlog == 0 || backlog < before ?? .max ? backlog : nil
      }
      guard let now else { return inbox.withLock { $0.backlog } }
      if now == 0 { return 0 }
      least = now
    }
  }

  /// Ends both threads and the client. False: not all ended in time.
  func close(within limit: Duration) -> Bool {
    inbox.withLock { $0.isClosed = true }
    let isDone = inbox.wait(for: limit) { $0.isDone ? true : nil } ?? false
    return storeThread.close(within: limit) && sink.close(within: limit) && isDone
  }
}
