/// Watches how many of a partition's last 1,000 records are dead. Pure.
///
/// More than half of them is no longer a few broken records: it is a wrong partitioner, a new format that nobody told
/// us of, or another program's topic. With fewer than 1,000 records seen the bound is the same number, so that three bad
/// records at the start of a day alarm nobody.
///
/// The window is this ownership's own: it begins empty with each takeover, and so after `teller partition resume`.
struct DeadAlarm: Sendable {
  /// How many records are looked back on.
  static let window = 1_000
  /// More dead ones among them than this are alarming.
  static let deadMax = window / 2
  /// An alarm that was given is not given again before no more than this many are dead.
  static let calm = window / 4

  /// The records of the window, the oldest at `next`; nil is a record that is not dead.
  private var codes: [DeadLetterCause.Code?] = []
  private var next = 0
  private(set) var deadCount = 0
  private var isAlarmed = false

  /// A stretch of records was committed.
  ///
  /// - Parameter records: the cause of each dead record, nil for every other, in offset order.
  /// - Returns: what to tell, where the stretch crossed the bound.
  mutating func committed(_ records: some Sequence<DeadLetterCause.Code?>) -> String? {
    var alarm: String?
    for code in records {
      add(code)
      if deadCount <= Self.calm { isAlarmed = false }
      guard deadCount > Self.deadMax, !isAlarmed else { continue }
      isAlarmed = true
      alarm = words
    }
    return alarm
  }

  /// What there would be to tell if the stretch were committed; nil: it does not cross the bound.
  func crossing(_ records: some Sequence<DeadLetterCause.Code?>) -> String? {
    var copy = self
    return copy.committed(records)
  }

  private mutating func add(_ code: DeadLetterCause.Code?) {
    if code != nil { deadCount += 1 }
    guard codes.count == Self.window else { return codes.append(code) }
    if codes[next] != nil { deadCount -= 1 }
    codes[next] = code
    next = (next + 1) % Self.window
  }

  /// How many of which code, the most frequent first, and what to look at.
  private var words: String {
    var counts: [DeadLetterCause.Code: Int] = [:]
    for code in codes.compactMap(\.self) { counts[code, default: 0] += 1 }
    let list = counts.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
    let which = list.map { "\($0.value) \($0.key.rawValue)" }.joined(separator: ", ")
    var text = "more than half of the last \(Self.window) records are dead: \(which)."
    if list.first?.key == .misrouted {
      text += " Do the producers place keys by another partitioner than the stream was adopted with?"
      text += " See teller stream show, and teller stream adopt."
    } else {
      text += " See teller dead-letters list for the causes."
    }
    return text
  }
}

/// What a worker does when more than half of a partition's last 1,000 records are dead.
public enum DeadAlarmResponse: String, CaseIterable, Sendable {
  /// Reports it and goes on.
  case warn
  /// Halts the partition before the batch with which it would come to that; nothing of that batch is decided.
  case halt
}

extension PreparedBatch {
  /// The cause of each dead record, nil for each job, in offset order.
  var deadCodes: [DeadLetterCause.Code?] {
    var codes: [DeadLetterCause.Code?] = []
    codes.reserveCapacity(count)
    var left = dead[...]
    for job in jobs {
      while let first = left.first, first.offset < job.offset {
        codes.append(first.cause.code)
        left.removeFirst()
      }
      codes.append(nil)
    }
    return codes + left.map(\.cause.code)
  }
}
