import Foundation

/// When a long command says how far it is: every second on a terminal, every ten where nobody watches.
struct Pace {
  private let interval: Duration = isatty(2) == 1 ? .seconds(1) : .seconds(10)
  private var last = ContinuousClock.now

  /// Whether it is time to say something; if so, the next time is an interval away.
  var isDue: Bool {
    mutating get {
      let now = ContinuousClock.now
      guard now - last >= interval else { return false }
      last = now
      return true
    }
  }
}
