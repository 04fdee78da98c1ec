/// What an embedding program may want to know, log or count. Events carry no record contents.
public enum WorkerEvent: Sendable {
  /// The stream was opened or adopted.
  case opened(StreamIdentity)
  /// These partitions are ours; each begins at its offset.
  case assigned([PartitionStart])
  /// All partitions are given back. Lost: without being asked.
  case revoked(lost: Bool)
  /// A batch is committed.
  case committed(partition: Int32, BatchOutcomes, took: Duration)
  /// A batch failed and is being mended.
  case retrying(partition: Int32, StoreFailure)
  /// The guard refused this process: another owner has the partition, or had it.
  case fenced(partition: Int32, OwnerRow)
  /// The partition is claimed again after a fence, still being assigned to us.
  case reclaimed(partition: Int32, epoch: Int64)
  /// The partition stands still and says why; the others go on.
  case halted(partition: Int32, reason: String)
  /// More than half of a partition's last 1,000 records are dead; it goes on. Told once for each time it comes to that.
  case deadAlarm(partition: Int32, reason: String)
  /// The whole stream stands still.
  case streamHalted(reason: String)
  /// A hole in the offsets was read again, and is real.
  case gapsConfirmed(partition: Int32, count: Int)
  /// The log was proved the same again.
  case anchorsVerified(partition: Int32, expired: Bool)
  /// A stuck backend of a predecessor was terminated.
  case evicted(String)
  /// The history was raised: decisions of the old one may be contradicted.
  case historyRaised(String)
  /// Outcome events cannot be published, and why; applying goes on, and nothing is lost.
  case publishingStopped(reason: String)
  /// Outcome events are published again.
  case publishingResumed
  /// The worker ends before everything it decided is published; the next owner goes on from there.
  case unpublished(Int64?)
  /// Kafka's client or a server is in trouble; the worker goes on by itself.
  case trouble(String)
}
