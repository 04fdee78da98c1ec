// Waiting for C code that has no deadline of its own.

import Dispatch
import Foundation

extension Duration {
  /// Whole milliseconds, rounded up and clamped to what librdkafka's `int timeout_ms` holds.
  var milliseconds: Int32 {
    let parts = components
    guard parts.seconds < Int64(Int32.max) / 1000 else { return Int32.max }
    guard parts.seconds >= 0, parts.attoseconds >= 0 else { return 0 }
    let partial = (parts.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    return Int32(clamping: parts.seconds * 1000 + partial)
  }
}

/// Runs `work` on a thread of its own; false if it had not returned within `limit`. It then goes on running.
func finishes(within limit: Duration, _ work: @escaping @Sendable () -> Void) -> Bool {
  let done = DispatchSemaphore(value: 0)
  Thread.detachNewThread {
    work()
    done.signal()
  }
  return done.wait(timeout: .now() + .milliseconds(Int(limit.milliseconds))) == .success
}
