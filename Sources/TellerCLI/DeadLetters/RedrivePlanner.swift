import Ledger
import Teller
import TellerPostgres

/// A dead letter's record as it will be sent.
struct RedrivePlan {
  let id: DeadLetterID
  let key: [UInt8]?
  /// Unchanged: so the record has the same idempotency key.
  let value: [UInt8]?
  let headers: [(String, [UInt8]?)]
  let partition: Int32
  let count: Int32

  /// About how much memory it holds.
  var bytes: Int { (value?.count ?? 0) + (key?.count ?? 0) + 1_024 }
}

/// Why a dead letter is not sent.
struct RedriveRefusal: Equatable {
  /// A stable word for programs.
  let code: String
  /// For people.
  let reason: String

  static let missing = RedriveRefusal(code: "no_dead_letter", reason: "there is no such dead letter")
  static let discarded = RedriveRefusal(
    code: "discarded", reason: "it was discarded; --force redrives it all the same")
  static let notOpen = RedriveRefusal(code: "not_open", reason: "somebody else acted on it meanwhile")
  static let headers = RedriveRefusal(
    code: "unreadable_headers", reason: "its headers cannot be read; --force sends it without them")
  static func loops(_ count: Int32) -> RedriveRefusal {
    RedriveRefusal(
      code: "redriven_too_often",
      reason: "its request was redriven \(count) times and died each time; mend the cause, then use --force")
  }
  static func diesAgain(_ cause: DeadLetterCause) -> RedriveRefusal {
    RedriveRefusal(
      code: "would_die_again",
      reason: "unchanged it would die again, \(cause.code.rawValue): \(cause.reason);"
        + " have its service resend it corrected under the same idempotency key, or use --force")
  }
}

/// Decides what a redrive sends, and where to. Does no I/O.
struct RedrivePlanner: ~Copyable {
  enum Decision {
    case send(RedrivePlan)
    case refuse(RedriveRefusal)
  }

  private let partitioner: Partitioner
  private let partitionCount: Int32
  private let isForced: Bool
  private var rereader: RequestRereader

  init(
    partitioner: Partitioner, partitionCount: Int32, isForced: Bool, rereader: consuming RequestRereader
  ) {
    self.partitioner = partitioner
    self.partitionCount = partitionCount
    self.isForced = isForced
    self.rereader = rereader
  }

  mutating func decide(_ letter: DeadLetter) -> Decision {
    if letter.summary.state == .discarded, !isForced { return .refuse(.discarded) }
    if letter.headers == nil, !isForced { return .refuse(.headers) }
    let own = letter.headers ?? []
    let redrives = RedriveHeaders.redrives(own)
    if redrives >= RedriveHeaders.countMax, !isForced { return .refuse(.loops(redrives)) }
    let key: [UInt8]?
    switch rereader.read(key: letter.key, value: letter.value) {
    case .request(let asked, _): key = asked
    case .dead(let cause):
      guard isForced else { return .refuse(.diesAgain(cause)) }
      key = letter.key
    }
    return .send(
      RedrivePlan(
        id: letter.id, key: key, value: letter.value,
        headers: RedriveHeaders.headers(own, of: letter.id, count: redrives + 1),
        partition: partition(of: key, or: letter.id.partition), count: redrives + 1))
  }

  /// A record without a key has no place: it stays where it was.
  private func partition(of key: [UInt8]?, or origin: Int32) -> Int32 {
    guard let key, !key.isEmpty else { return origin < partitionCount ? origin : 0 }
    return partitioner.partition(key: key.span.bytes, count: partitionCount)
  }
}
