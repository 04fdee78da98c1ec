import Foundation
import Teller

/// Lets tests strike a worker at a named place: `TELLER_CRASH_AT=batch.afterLock:3` kills it with SIGKILL at the third
/// time, `TELLER_PAUSE_AT` stops it with SIGSTOP. Debug builds only: a release has none of it.
enum FaultInjection {
  static func apply(to configuration: inout WorkerConfiguration, _ environment: [String: String]) {
    #if DEBUG
      if environment["TELLER_TEST_WITHOUT_DEDUP"] == "1" { configuration.claimsKeys = false }
      if let seconds = environment["TELLER_TEST_PUBLISH_LIMIT"].flatMap({ Int($0) }) {
        configuration.publishLimit = .seconds(seconds)
      }
      var strikes: [CrashPoint: (after: Counter, signal: Int32)] = [:]
      for (variable, number) in [("TELLER_CRASH_AT", SIGKILL), ("TELLER_PAUSE_AT", SIGSTOP)] {
        guard let parts = environment[variable]?.split(separator: ":"), let name = parts.first,
          let point = CrashPoint(rawValue: String(name))
        else { continue }
        strikes[point] = (Counter(parts.count > 1 ? Int(parts[1]) ?? 1 : 1), number)
      }
      let armed = strikes
      configuration.crashPoints = CrashPoints(armed: Set(armed.keys)) { point in
        guard let strike = armed[point], strike.after.isReached() else { return }
        kill(getpid(), strike.signal)
      }
    #endif
  }
}

#if DEBUG
  import Synchronization

  /// Counts visits up to the one that strikes.
  private final class Counter: Sendable {
    private let left: Atomic<Int>

    init(_ nth: Int) { left = Atomic(nth) }

    func isReached() -> Bool { left.subtract(1, ordering: .relaxed).newValue == 0 }
  }
#endif
