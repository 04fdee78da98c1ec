import KafkaClient
import Synchronization

/// What became of the records sent so far. Reports come on whatever thread polls.
final class ProducedCounts: Sendable {
  /// The counts at one moment.
  struct Snapshot: Equatable, Sendable {
    /// Records that the broker has.
    var acknowledged: Int64 = 0
    /// Records that were certainly not written.
    var failed: Int64 = 0
    /// Records that may have been written.
    var unknown: Int64 = 0
    /// The first error, in words.
    var firstError: String?

    /// Records whose end is known.
    var reported: Int64 { acknowledged + failed + unknown }
    /// Whether the broker has every one of them.
    var isComplete: Bool { failed == 0 && unknown == 0 }
  }

  private let counts = Mutex(Snapshot())
  private let fatal = Mutex<KafkaError?>(nil)

  /// The counts now.
  var now: Snapshot { counts.withLock { $0 } }
  /// Why the producer cannot go on, if it cannot.
  var fatalError: KafkaError? { fatal.withLock { $0 } }

  /// Counts one record's end.
  func add(_ report: DeliveryReport) {
    counts.withLock { counts in
      // An error beside "persisted" would contradict itself; the error is believed.
      switch (report.error, report.status) {
      case (nil, _): counts.acknowledged += 1
      case (_, .notPersisted): counts.failed += 1
      case (_, .possiblyPersisted), (_, .persisted): counts.unknown += 1
      }
      if let error = report.error, counts.firstError == nil { counts.firstError = "\(error)" }
    }
  }

  /// Counts a record that was not even queued.
  func refuse(_ error: KafkaError) {
    counts.withLock { counts in
      counts.failed += 1
      if counts.firstError == nil { counts.firstError = "\(error)" }
    }
  }

  /// Keeps the error that ends the producer.
  func end(_ error: KafkaError) { fatal.withLock { $0 = $0 ?? error } }
}
