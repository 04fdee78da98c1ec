import Foundation

/// State that simulated ports and tests share between threads and wait on: a lock, a condition and what they
/// guard.
///
/// `@unchecked Sendable`: `state` is touched only inside `withLock` and `wait`, which hold the lock.
public final class Signal<State>: @unchecked Sendable {
  private let condition = NSCondition()
  private var state: State

  /// A signal with its first state.
  public init(_ state: State) { self.state = state }

  /// Reads or changes the state, and wakes everyone who waits.
  @discardableResult
  public func withLock<Result, Failure: Error>(
    _ body: (inout State) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    condition.lock()
    defer {
      condition.broadcast()
      condition.unlock()
    }
    return try body(&state)
  }

  /// Waits until `body` returns something, or the time is over; `body` is asked again after every change.
  public func wait<Result>(for limit: Duration, until body: (inout State) -> Result?) -> Result? {
    let (seconds, attoseconds) = limit.components
    let deadline = Date(timeIntervalSinceNow: Double(seconds) + Double(attoseconds) / 1e18)
    condition.lock()
    defer { condition.unlock() }
    while true {
      if let result = body(&state) {
        // What `body` took out of the state may be what another thread waits for.
        condition.broadcast()
        return result
      }
      guard condition.wait(until: deadline) else { return body(&state) }
    }
  }
}
