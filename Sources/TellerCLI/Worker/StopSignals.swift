import Dispatch
import Foundation
import Synchronization

/// SIGTERM and SIGINT: the first asks for a drain, the second ends the process at once.
final class StopSignals: Sendable {
  private let sources: Mutex<[any DispatchSourceSignal]>

  init(_ stop: @escaping @Sendable () -> Void) {
    let count = Counter()
    let made: [any DispatchSourceSignal] = [SIGTERM, SIGINT].map { number in
      // Without this the default action ends the process before the source sees anything.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if count.next() == 1 { stop() } else { _exit(128 + number) }
      }
      source.resume()
      return source
    }
    sources = Mutex(made)
  }

  func cancel() {
    sources.withLock { sources in
      for source in sources { source.cancel() }
      sources = []
    }
  }

  private final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    func next() -> Int { count.add(1, ordering: .relaxed).newValue }
  }
}

/// The end of the process without its clean-up.
enum ProcessEnd {
  static func now(_ code: ExitCode) -> Never { _exit(code.rawValue) }
}
