import Teller
import TellerTestKit

/// A writer that stands still at a crash point with everything sent so far, until it is let go.
struct Halt {
  let points: CrashPoints
  private let state = Signal((isReached: false, mayGo: false))

  init(at point: CrashPoint) {
    points = CrashPoints(armed: [point]) { [state] _ in
      state.withLock { $0.isReached = true }
      _ = state.wait(for: .seconds(10)) { $0.mayGo ? true : nil }
    }
  }

  func untilReached() -> Bool { state.wait(for: .seconds(10)) { $0.isReached ? true : nil } ?? false }
  func go() { state.withLock { $0.mayGo = true } }
}
