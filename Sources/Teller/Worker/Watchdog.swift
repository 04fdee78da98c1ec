import Foundation
import Synchronization

/// Ends the process when its control thread or all of its writers show no sign of life: librdkafka's own timer cannot see
/// that, since popping any queue feeds it. A successor takes over; the database lets nothing be applied twice.
final class Watchdog: Sendable {
  private let limit: Duration
  private let now: @Sendable () -> Duration
  private let lastTick: Mutex<Duration>
  private let isOver = Monitor(false)

  init(limit: Duration = .seconds(90), now: @escaping @Sendable () -> Duration) {
    self.limit = limit
    self.now = now
    self.lastTick = Mutex(now())
  }

  /// The control thread went round once.
  func tick() { lastTick.withLock { $0 = now() } }

  /// - Parameters:
  ///   - pulse: a number that grows while writers live.
  ///   - bite: ends the process.
  func start(pulse: @escaping @Sendable () -> Int, bite: @escaping @Sendable (String) -> Void) {
    let thread = Thread { [self] in
      var lastPulse = pulse()
      var pulseAt = now()
      while isOver.wait(for: .seconds(1), until: { $0 ? true : nil }) == nil {
        if pulse() != lastPulse {
          lastPulse = pulse()
          pulseAt = now()
        }
        if now() - lastTick.withLock({ $0 }) > limit {
          return bite("the control thread has not gone round for \(limit)")
        }
        if now() - pulseAt > limit { return bite("no writer has shown a sign of life for \(limit)") }
      }
    }
    thread.name = "teller-watchdog"
    thread.start()
  }

  func stop() { isOver.withLock { $0 = true } }
}
