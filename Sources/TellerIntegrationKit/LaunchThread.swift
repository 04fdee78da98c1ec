import Foundation

/// The one thread that starts children, alive as long as the process.
///
/// Linux sends a child its parent-death signal when the *thread* that started it ends, not the process; a
/// thread of a pool may end at any time, so children are started from this one, which never does.
final class LaunchThread: Sendable {
  static let shared = LaunchThread()

  private let queue = LaunchQueue()

  private init() {
    let thread = Thread { [queue] in
      while true { queue.next()() }
    }
    thread.name = "teller-test-launch"
    thread.start()
  }

  /// Runs `body` on the thread and gives its result.
  func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) throws -> Value {
    let answer = LaunchAnswer<Value>()
    queue.add { answer.set(Result { try body() }) }
    return try answer.get()
  }
}

/// The launches that wait for the thread.
// @unchecked: `waiting` is only touched while `condition` is held.
private final class LaunchQueue: @unchecked Sendable {
  private let condition = NSCondition()
  private var waiting: [@Sendable () -> Void] = []

  func add(_ launch: @escaping @Sendable () -> Void) {
    condition.withLock {
      waiting.append(launch)
      condition.signal()
    }
  }

  func next() -> @Sendable () -> Void {
    condition.withLock {
      while waiting.isEmpty { condition.wait() }
      return waiting.removeFirst()
    }
  }
}

/// One result, handed from the thread to its caller.
// @unchecked: `result` is only touched while `condition` is held.
private final class LaunchAnswer<Value: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  private var result: Result<Value, any Error>?

  func set(_ value: Result<Value, any Error>) {
    condition.withLock {
      result = value
      condition.signal()
    }
  }

  func get() throws -> Value {
    try condition.withLock {
      while true {
        if let result { return try result.get() }
        condition.wait()
      }
    }
  }
}
