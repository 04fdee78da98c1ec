/// Whose turn it is: many partitions, few writer threads, one thread at a time in each partition. Pure.
///
/// A partition is *idle*, *ready* (waiting for a thread), *busy* (a thread is in it) or *stopped*. Ready ones are served
/// first come, first served, so a partition with a long backlog cannot starve another.
struct PartitionSchedule: Sendable {
  private enum Phase: Equatable {
    /// Can turn ready.
    case idle
    /// Can turn busy.
    case ready
    /// Can turn idle, ready (`again`: its queue became readable meanwhile) or stopped.
    case busy(again: Bool)
    /// Stays so until it is added anew.
    case stopped
  }

  private var phases: [Int32: Phase] = [:]
  private var line: [Int32] = []

  /// Partitions with a thread in them.
  var busy: Int { phases.values.count { if case .busy = $0 { true } else { false } } }

  /// A new owner's partition; its queue may hold records already.
  mutating func add(_ partition: Int32) {
    if phases[partition] != .ready { line.append(partition) }
    phases[partition] = .ready
  }

  /// The partition's queue turned readable.
  mutating func readable(_ partition: Int32) {
    switch phases[partition] {
    case .idle:
      phases[partition] = .ready
      line.append(partition)
    case .busy: phases[partition] = .busy(again: true)
    case .ready, .stopped, nil: break
    }
  }

  /// Gives the next thread its partition.
  mutating func take() -> Int32? {
    while !line.isEmpty {
      let partition = line.removeFirst()
      guard phases[partition] == .ready else { continue }
      phases[partition] = .busy(again: false)
      return partition
    }
    return nil
  }

  /// The thread is out of the partition again.
  mutating func finished(_ partition: Int32, more: Bool) {
    guard case .busy(let again) = phases[partition] else { return }
    phases[partition] = .idle
    if more || again { readable(partition) }
  }

  /// The partition is not served any more.
  mutating func stop(_ partition: Int32) {
    if phases[partition] != nil { phases[partition] = .stopped }
  }

  /// Nothing is owned any more. Threads still busy come out by themselves.
  mutating func removeAll() {
    phases.removeAll()
    line.removeAll()
  }
}
