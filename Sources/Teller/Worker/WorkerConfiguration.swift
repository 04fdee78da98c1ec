/// How one worker process works.
public struct WorkerConfiguration: Sendable {
  /// The topic.
  public var topic: String
  /// The consumer group.
  public var group: String
  /// Writer threads, each with one connection.
  public var writers: Int
  /// Ends the worker when every partition of the topic stood at the log's end for this long; nil: it runs until stopped.
  public var untilIdle: Duration?
  /// How much one batch may hold.
  public var batch: BatchLimits
  /// How large one record may be.
  public var record: RecordLimits
  /// What happens when more than half of a partition's last 1,000 records are dead.
  public var deadAlarm: DeadAlarmResponse
  /// Keys remembered in the process, over all its partitions.
  public var recentKeysMax: Int
  /// How long a revocation or a stop waits for the batches in flight.
  public var drainLimit: Duration
  /// How long a stop, or the end by idleness, waits for what was decided to be published.
  public var publishLimit: Duration
  /// How much memory committed batches may take until they are published, in bytes; what comes on top is read again.
  public var publishBytesMax: Int
  /// The name under which this process owns partitions. Unique per process start.
  public var owner: String
  /// Where tests strike.
  public var crashPoints: CrashPoints
  /// False only in test builds: shows that the guard alone holds off a zombie.
  package var claimsKeys = true

  /// A configuration with the defaults of the program `teller`.
  public init(topic: String, group: String, writers: Int, owner: String) {
    precondition(writers > 0, "a worker needs a writer")
    self.topic = topic
    self.group = group
    self.writers = writers
    self.owner = owner
    self.untilIdle = nil
    self.batch = BatchLimits()
    self.record = RecordLimits()
    self.deadAlarm = .warn
    self.recentKeysMax = 65_536
    self.drainLimit = .seconds(15)
    self.publishLimit = .seconds(20)
    self.publishBytesMax = 24 << 20
    self.crashPoints = .none
  }
}

/// How a worker ended.
public enum WorkerExit: Equatable, Sendable {
  /// It was asked to stop, and drained.
  case stopped
  /// Everything there was is decided.
  case idle
  /// Everything there was is decided, and its events are not all published: how many are not, where that is known.
  case unpublished(Int64?)
  /// Partitions stand still; the reasons, by partition.
  case halted([Int32: String])
  /// It cannot go on; another process may.
  case fatal(String)
}
