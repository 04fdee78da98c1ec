/// Everything a worker needs from outside, each opened on the thread that uses it.
public struct WorkerPorts<Handler: JobHandler, Store: JobStore, Log: JobLog, Reader: LogReader>: Sendable
where Handler.Transaction == Store.Transaction {
  /// The group member.
  public let log: Log
  /// The second reader.
  public let reader: Reader
  /// Makes a writer thread's session; it connects on first use.
  public let makeStore: @Sendable () -> Store
  /// Makes a writer thread's handler.
  public let makeHandler: @Sendable () -> Handler
  /// Makes the ownership thread's session.
  public let makeOwnershipStore: @Sendable () -> any OwnershipStore
  /// Makes the control connection.
  public let makeBlockerWatch: @Sendable () -> any BlockerWatch
  /// Where outcome events go; nil: none are published.
  public let publication: PublicationPorts?
  /// Monotonic time since any fixed moment.
  public let now: @Sendable () -> Duration

  /// Ports from their parts.
  public init(
    log: Log, reader: Reader, makeStore: @escaping @Sendable () -> Store,
    makeHandler: @escaping @Sendable () -> Handler,
    makeOwnershipStore: @escaping @Sendable () -> any OwnershipStore,
    makeBlockerWatch: @escaping @Sendable () -> any BlockerWatch, publication: PublicationPorts? = nil,
    now: @escaping @Sendable () -> Duration
  ) {
    self.log = log
    self.reader = reader
    self.makeStore = makeStore
    self.makeHandler = makeHandler
    self.makeOwnershipStore = makeOwnershipStore
    self.makeBlockerWatch = makeBlockerWatch
    self.publication = publication
    self.now = now
  }
}

/// What publishing needs from outside.
public struct PublicationPorts: Sendable {
  /// The output topics.
  public let sink: any EventSink
  /// Makes the session that keeps the cursors.
  public let makeStore: @Sendable () -> any PublicationStore

  /// Ports from their parts.
  public init(sink: any EventSink, makeStore: @escaping @Sendable () -> any PublicationStore) {
    self.sink = sink
    self.makeStore = makeStore
  }
}
