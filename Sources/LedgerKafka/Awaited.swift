internal import Foundation

/// One value that a thread waits for.
final class Awaited<Value: Sendable>: @unchecked Sendable {
  // Unchecked: `value` is only touched under the condition's lock.
  private let condition = NSCondition()
  private var value: Value?

  func set(_ value: Value) {
    condition.lock()
    self.value = value
    condition.signal()
    condition.unlock()
  }

  func get() -> Value {
    condition.lock()
    defer { condition.unlock() }
    while true {
      if let value { return value }
      condition.wait()
    }
  }
}
