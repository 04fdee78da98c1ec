import Foundation

/// State that several threads share and wait on: a lock, a condition and the state they guard.
///
/// `@unchecked Sendable`: `state` is touched only inside `withLock` and `wait`, both of which hold the lock. What a
/// caller takes out of the state is its own afterwards; the schedule hands each partition's writer to one thread at a
/// time.
final class Monitor<State>: @unchecked Sendable {
  private let condition = NSCondition()
  private var state: State

  init(_ state: State) { self.state = state }

  /// Reads or changes the state, and wakes everyone who waits.
  @discardableResult
  func withLock<Result>(_ body: (inout State) -> Result) -> Result {
    condition.lock()
    defer {
      condition.broadcast()
      condition.unlock()
    }
    return body(&state)
  }

  /// Waits until `body` returns something, or the time is over. `body` is asked again after every change.
  func wait<Result>(for limit: Duration, until body: (inout State) -> Result?) -> Result? {
    let deadline = Date(timeIntervalSinceNow: limit.seconds)
    condition.lock()
    defer { condition.unlock() }
    while true {
      if let result = body(&state) { return result }
      guard condition.wait(until: deadline) else { return body(&state) }
    }
  }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) / 1e18
  }
}
