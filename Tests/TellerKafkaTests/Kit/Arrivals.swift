import Dispatch

/// A count that tests wait for.
final class Arrivals: Sendable {
  private let semaphore = DispatchSemaphore(value: 0)

  func signal() { semaphore.signal() }

  func wait(_ seconds: Int = 30) -> Bool { semaphore.wait(timeout: .now() + .seconds(seconds)) == .success }
}
