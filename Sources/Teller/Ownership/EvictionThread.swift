import Foundation

/// Runs the control connection: looks five times a second whether one of our own backends waits behind a frozen one.
/// A process that was stopped in the middle of a batch must not stall the fleet.
final class EvictionThread: Sendable {
  static let period = Duration.milliseconds(200)
  private let state = Monitor((isClosed: false, isDone: false))
  private let report: @Sendable (WorkerEvent) -> Void

  init(report: @escaping @Sendable (WorkerEvent) -> Void) { self.report = report }

  func start(_ makeWatch: @escaping @Sendable () -> any BlockerWatch) {
    let thread = Thread { [self] in
      watch(makeWatch())
      state.withLock { $0.isDone = true }
    }
    thread.name = "teller-eviction"
    thread.start()
  }

  func close(within limit: Duration) -> Bool {
    state.withLock { $0.isClosed = true }
    return state.wait(for: limit) { $0.isDone ? true : nil } ?? false
  }

  private func watch(_ watch: any BlockerWatch) {
    var isStanding = false
    while state.wait(for: Self.period, until: { $0.isClosed ? true : nil }) == nil {
      do throws(StoreFailure) {
        if !isStanding { try watch.reconnect() }
        isStanding = true
        for sentence in try watch.look() { report(.evicted(sentence)) }
      } catch {
        // The writers report a lost server; this connection only follows them back.
        isStanding = false
      }
    }
  }
}
