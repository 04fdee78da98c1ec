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
  private var trouble: String?
  private var isNoted = true
  private var isTold = false
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
    isNoted = true
  }

  /// What is to be written down now, once for each trouble and each set of partitions.
  mutating func troubleToNote() -> String? {
    guard let trouble, !isNoted else { return nil }
    isNoted = true
    isTold = true
    return trouble
  }

  /// The set of partitions changed, or it could not be written down.
  mutating func forgetNote() { isNoted = trouble == nil }

  /// True once, when a trouble that was told is over.
  mutating func hasRecovered() -> Bool {
    guard isTold, trouble == nil else { return false }
    isTold = false
    return true
  }

  /// Something is wrong, in words.
  mutating func tell(_ why: String) {
    guard trouble != why else { return }
    trouble = why
    isNoted = false
  }
}
