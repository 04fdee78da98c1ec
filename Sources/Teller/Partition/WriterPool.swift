import Foundation
import Synchronization

/// The writer threads, and the partitions that wait for them.
final class WriterPool<Handler: JobHandler, Store: JobStore, Log: JobLog, Reader: LogReader>: Sendable
where Handler.Transaction == Store.Transaction {
  typealias Writer = PartitionWriter<Handler, Store, Log, Reader>

  private struct State {
    var schedule = PartitionSchedule()
    var writers: [Int32: Writer] = [:]
    var positions: [Int32: Int64] = [:]
    /// Threads inside a writer, those of former assignments included.
    var inside = 0
    var threads = 0
    var isClosed = false
  }

  private let monitor = Monitor(State())
  private let signals: WorkerSignals
  private let stopped: @Sendable (Int32, Ownership, WorkStop) -> Void

  /// - Parameter stopped: told about each writer that came to an end by itself.
  init(signals: WorkerSignals, stopped: @escaping @Sendable (Int32, Ownership, WorkStop) -> Void) {
    self.signals = signals
    self.stopped = stopped
  }

  /// Puts a partition's new writer in its place.
  func install(_ writer: Writer) {
    let partition = writer.ownership.partition
    monitor.withLock { state in
      state.writers[partition] = writer
      state.positions[partition] = writer.next
      state.schedule.add(partition)
    }
    writer.source.whenReadable { [weak self] in self?.readable(partition) }
  }

  /// The partition's queue has something. Called from the client's threads.
  func readable(_ partition: Int32) { monitor.withLock { $0.schedule.readable(partition) } }

  /// The partition is not served any more.
  func stop(_ partition: Int32) { monitor.withLock { $0.schedule.stop(partition) } }

  /// Everything is asked once more: the net under a wake-up that got lost.
  func allReadable() {
    monitor.withLock { state in
      for partition in state.writers.keys { state.schedule.readable(partition) }
    }
  }

  /// Committed positions of the partitions with a writer.
  var positions: [PartitionStart] {
    monitor.withLock { state in
      state.positions.map { PartitionStart(partition: $0.key, offset: $0.value) }
        .sorted { $0.partition < $1.partition }
    }
  }

  /// Takes all partitions off the schedule and waits for the batches in flight. False: not all ended in time.
  func drain(within limit: Duration) -> Bool {
    monitor.withLock { state in
      state.schedule.removeAll()
      state.writers.removeAll()
      state.positions.removeAll()
    }
    return monitor.wait(for: limit) { $0.inside == 0 ? true : nil } ?? false
  }

  /// Ends the threads. False: not all ended in time.
  func close(within limit: Duration) -> Bool {
    monitor.withLock { $0.isClosed = true }
    return monitor.wait(for: limit) { $0.threads == 0 ? true : nil } ?? false
  }

  /// Starts one writer thread; it opens its own session.
  func start(name: String, open: @escaping @Sendable () -> WriterSession<Handler, Store>) {
    monitor.withLock { $0.threads += 1 }
    let thread = Thread { [self] in
      serve(open())
      monitor.withLock { $0.threads -= 1 }
    }
    thread.name = name
    thread.stackSize = 4 << 20
    thread.start()
  }

  private func serve(_ opened: consuming WriterSession<Handler, Store>) {
    var session = opened
    while true {
      signals.beat()
      let turn: Writer?? = monitor.wait(for: .seconds(1)) { state in
        if state.isClosed { return .some(nil) }
        guard let partition = state.schedule.take(), let writer = state.writers[partition] else { return nil }
        state.inside += 1
        return .some(writer)
      }
      switch turn {
      case .none: continue
      case .some(.none): return
      case .some(.some(let writer)): giveBack(writer, writer.work(&session))
      }
    }
  }

  private func giveBack(_ writer: Writer, _ result: WorkResult) {
    let partition = writer.ownership.partition
    monitor.withLock { state in
      state.inside -= 1
      // A writer of a former assignment comes out late: its place may be taken.
      guard state.writers[partition] === writer else { return }
      state.positions[partition] = writer.next
      switch result {
      case .idle: state.schedule.finished(partition, more: false)
      case .more: state.schedule.finished(partition, more: true)
      case .stopped(.reread): state.schedule.finished(partition, more: false)
      case .stopped:
        state.schedule.finished(partition, more: false)
        state.schedule.stop(partition)
      }
    }
    if case .stopped(let stop) = result { stopped(partition, writer.ownership, stop) }
  }
}

/// Tells the writers of one assignment that it is over.
final class Revocation: Sendable {
  private let flag = Atomic<Bool>(false)

  var isRevoked: Bool { flag.load(ordering: .acquiring) }

  func revoke() { flag.store(true, ordering: .releasing) }
}
