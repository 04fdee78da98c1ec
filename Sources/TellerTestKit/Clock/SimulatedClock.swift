/// Time that passes only when a test says so. Safe from any thread.
public final class SimulatedClock: Sendable {
  private let elapsed = Signal(Duration.zero)

  /// A clock at zero.
  public init() {}

  /// Time since the clock was made.
  public var now: Duration { elapsed.withLock { $0 } }

  /// Lets time pass.
  public func advance(by step: Duration) { elapsed.withLock { $0 += step } }
}
