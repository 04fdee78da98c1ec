import EventLog
import Synchronization
import Teller

/// A worker's events as log lines and as totals.
final class WorkerReport: Sendable {
  private let log: EventLog
  private let sums = Mutex(WorkerTotals())

  init(_ log: EventLog) { self.log = log }

  /// What was done so far.
  var totals: WorkerTotals { sums.withLock { $0 } }

  func report(_ event: WorkerEvent) {
    switch event {
    case .opened(let stream): opened(stream)
    case .assigned(let starts):
      sums.withLock { $0.assigned(now: Monotonic.now) }
      log.info("partitions assigned", ["kafka.partitions": Self.list(starts)])
    case .revoked(let lost): log.info("partitions revoked", ["lost": lost])
    case .committed(let partition, let outcomes, let took): committed(partition, outcomes, took)
    case .retrying(let partition, let failure):
      log.warning("batch retried", ["kafka.partition": partition, "cause": failure])
    case .fenced(let partition, let row):
      log.warning(
        "fenced: another owner has the partition",
        ["kafka.partition": partition, "epoch": row.epoch, "owner": row.owner, "next_offset": row.nextOffset])
    case .reclaimed(let partition, let epoch):
      log.notice("partition claimed again", ["kafka.partition": partition, "epoch": epoch])
    case .halted(let partition, let reason):
      log.error(
        "partition halted; the others go on, and nothing of it is lost",
        ["kafka.partition": partition, "reason": reason])
    case .deadAlarm(let partition, let reason):
      log.error(
        "more than half of the partition's last records are dead; it goes on",
        ["kafka.partition": partition, "reason": reason])
    case .streamHalted(let reason): log.error("stream halted; nothing is decided", ["reason": reason])
    case .gapsConfirmed(let partition, let count):
      log.debug("gaps confirmed", ["kafka.partition": partition, "count": count])
    case .anchorsVerified(let partition, let expired):
      log.debug("anchors verified", ["kafka.partition": partition, "expired": expired])
    case .evicted(let what): log.warning("frozen session evicted", ["what": what])
    case .historyRaised(let why):
      log.error("history raised: decisions of the former one may be contradicted", ["reason": why])
    case .publishingStopped(let reason):
      log.error("outcome events wait; applying goes on, and nothing is lost", ["reason": reason])
    case .publishingResumed: log.notice("outcome events are published again")
    case .unpublished(let count):
      log.warning(
        "stopped before everything decided was published; the next worker goes on from there",
        count.map { ["unpublished": $0] } ?? [:])
    case .trouble(let what): log.warning("trouble; the worker goes on by itself", ["cause": what])
    }
  }

  private func opened(_ stream: StreamIdentity) {
    log.info(
      "stream opened; joining the group, partitions come with its next rebalance",
      [
        "kafka.topic": stream.topic, "kafka.group": stream.group, "partitions": stream.partitionCount,
        "incarnation": stream.incarnation, "partitioner": stream.placement.name,
      ])
  }

  private func committed(_ partition: Int32, _ outcomes: BatchOutcomes, _ took: Duration) {
    sums.withLock { $0.committed(outcomes, now: Monotonic.now) }
    log.debug(
      "batch committed",
      [
        "kafka.partition": partition, "from": outcomes.from, "to": outcomes.to,
        "applied": outcomes.appliedCount, "rejected": outcomes.refusals.count,
        "repeats": outcomes.repeats.count, "dead": outcomes.dead.count, "took": took,
      ])
  }

  private static func list(_ starts: [PartitionStart]) -> String {
    starts.map { "\($0.partition)@\($0.offset)" }.joined(separator: " ")
  }
}
