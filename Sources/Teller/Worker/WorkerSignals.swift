import Synchronization

/// Small numbers that threads watch without a lock. A class, because atomics cannot be copied.
final class WorkerSignals: Sendable {
  private let disturbances = Atomic<Int>(0)
  private let reloads = Atomic<Int>(0)
  private let beats = Atomic<Int>(0)

  /// How often the log was disturbed: anchors verified before the last time count for nothing.
  var disturbance: Int { disturbances.load(ordering: .acquiring) }
  /// How often memories had to be dropped: after a takeover, a reconnect, a rollback of the database.
  var reload: Int { reloads.load(ordering: .acquiring) }
  /// Signs of life of the writer threads.
  var pulse: Int { beats.load(ordering: .relaxed) }

  func disturb() { disturbances.add(1, ordering: .acquiringAndReleasing) }
  func dropMemories() { reloads.add(1, ordering: .acquiringAndReleasing) }
  func beat() { beats.add(1, ordering: .relaxed) }
}
