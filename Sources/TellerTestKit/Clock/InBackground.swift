import Foundation

/// Work on a thread of its own, whose result is waited for.
public final class InBackground<Value: Sendable>: Sendable {
  private struct TookTooLong: Error {}
  private let answer = Signal<Result<Value, any Error>?>(nil)

  /// Starts at once.
  public init(_ body: @escaping @Sendable () throws -> Value) {
    let thread = Thread { [answer] in
      let result = Result { try body() }
      answer.withLock { $0 = result }
    }
    thread.start()
  }

  /// Waits for the end, and gives what came of it.
  public func value(within limit: Duration = .seconds(30)) throws -> Value {
    guard let result = answer.wait(for: limit, until: { $0 }) else { throw TookTooLong() }
    return try result.get()
  }
}
