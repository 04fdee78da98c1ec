/// Whether the output topics can be written to, and what is told when they cannot. Pure: the time is given.
struct SinkReadiness: Sendable {
  private enum State: Equatable {
    /// Can turn asking, once the time has come.
    case unprepared(askAt: Duration)
    /// Can turn ready or unprepared, by the answer.
    case asking
    /// Can turn unprepared, by a failure.
    case ready
  }

  private var state: State
  /// What is wrong, in words; nil: nothing that is known.
  private(set) var trouble: String?
  private var isTold = false
  private var wasTold = false
  private var failures = 0
  private let settings: Publisher.Settings

  init(_ settings: Publisher.Settings, now: Duration) {
    self.settings = settings
    state = .unprepared(askAt: now)
  }

  var isReady: Bool { state == .ready }

  /// True once, when the topics must be looked after.
  mutating func mustPrepare(now: Duration) -> Bool {
    guard case .unprepared(let askAt) = state, now >= askAt else { return false }
    state = .asking
    return true
  }

  /// - Parameter why: nil: both topics are there.
  mutating func prepared(_ why: String?, now: Duration) {
    guard let why else {
      state = .ready
      return
    }
    state = .unprepared(askAt: now + settings.retryPeriod)
    tell(why)
  }

  /// Sending failed: the topics are looked after again, a little later each time.
  mutating func failed(_ failure: SendFailure, now: Duration) {
    failures += 1
    let pause = BatchRecovery.backoff(failures, first: .milliseconds(100), most: settings.retryPeriod)
    state = .unprepared(askAt: now + pause)
    if case .failed(let why) = failure { tell(why) }
  }

  /// Something was reported as written, and nothing is known that stands still.
  mutating func progressed() {
    failures = 0
    trouble = nil
  }

  /// True once for each trouble, when somebody is to be told of it.
  mutating func mustTell() -> Bool {
    guard trouble != nil, !isTold else { return false }
    isTold = true
    wasTold = true
    return true
  }

  /// True once, when a trouble that was told is over.
  mutating func hasRecovered() -> Bool {
    guard wasTold, trouble == nil else { return false }
    wasTold = false
    return true
  }

  /// Something is wrong, in words.
  mutating func tell(_ why: String) {
    guard trouble != why else { return }
    trouble = why
    isTold = false
  }
}
