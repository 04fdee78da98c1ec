internal import Foundation

/// Work that waits for the rest: publishing goes on with what applying leaves over, and catches up when it pauses.
public enum Background {
  /// How far behind others a thread stands (nice(2)): about a tenth of their weight while the processor is contended.
  private static let niceness: Int32 = 10

  /// Makes the calling thread, and those it starts, give way to others. On Linux the nice value is each thread's own
  /// (setpriority(2), "C library/kernel differences"); where it cannot be changed, nothing happens.
  static func enter() {
    #if os(Linux)
      _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness)
    #endif
  }

  /// Runs something on a thread of the background and waits for it. For clients whose own threads shall stand there, too:
  /// they inherit the place of the thread that starts them.
  public static func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) -> Result {
    let result = Monitor<Result?>(nil)
    let thread = Thread {
      enter()
      let value = body()
      result.withLock { $0 = value }
    }
    thread.start()
    while true {
      if let value = result.wait(for: .seconds(1), until: { $0 }) { return value }
    }
  }
}
