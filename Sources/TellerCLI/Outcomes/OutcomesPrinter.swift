import EventLog
import Teller
import TellerKafka

/// Prints events and says when enough were seen.
struct OutcomesPrinter {
  private let wish: OutcomesWish
  private let output: Output
  private var count: Int64 = 0
  private var hasFlaw = false
  private var waitsFor: [OutcomeHole] = []
  /// How the request that was asked for was decided; nil while it is not, and for the dead.
  private var isApplied: Bool?
  /// The request that was asked for is dead, as far as was read: it may have been corrected and sent again since.
  private(set) var sawDead = false

  init(wish: OutcomesWish, output: Output) {
    self.wish = wish
    self.output = output
  }

  /// 0, or 1 where the request that was asked for was not applied, or something in the topic was no event.
  var exitCode: ExitCode {
    if wish.key != nil, isApplied != true { return .checkFailed }
    return hasFlaw ? .checkFailed : .done
  }

  /// Prints an event that is wanted; true where nothing more is.
  mutating func take(_ delivery: OutcomeDelivery) -> Bool {
    let event = delivery.event
    guard wish.shows(event) else { return false }
    output.result(OutcomeText.line(delivery), OutcomeText.json(delivery))
    count += 1
    note(event, takesBack: delivery.contradicts)
    let isAnswered = wish.key != nil && wish.follows && event.outcome != .dead
    return isAnswered || count == wish.countMax
  }

  /// The first decision about a key stands; only a later history takes it back.
  private mutating func note(_ event: OutcomeEvent, takesBack: Bool) {
    let known = takesBack ? nil : isApplied
    switch event.outcome {
    case .applied: isApplied = known ?? true
    case .rejected: isApplied = known ?? false
    case .duplicate: isApplied = known ?? (event.first.map { $0.code == nil })
    case .dead: sawDead = wish.key != nil
    }
  }

  /// A record that is no event is told and passed over; what the log says ends the command.
  mutating func take(_ failure: OutcomeReadFailure) throws {
    switch failure.cause {
    case .log(let cause) where cause.kind == .transient:
      output.log.warning("Kafka has trouble; the command goes on trying", ["kafka.error": "\(cause)"])
    case .log(let cause): throw CommandFailure(cause)
    case .order(let cause) where cause.code == .holeTooLong:
      throw CommandFailure(
        .checkFailed, code: "hole_too_long", what: "\(cause)",
        meaning: "what was printed is complete and in order; what follows cannot be put in order",
        hint: cause.hint)
    case .format, .order:
      hasFlaw = true
      output.log.warning("a record of the outcomes topic was passed over", ["cause": "\(failure)"])
    }
  }

  /// Says once for which event a partition waits.
  mutating func tell(_ holes: [OutcomeHole]) {
    for hole in holes where !waitsFor.contains(where: { $0.isSame(as: hole) }) {
      output.log.warning(
        "waiting for an event that is missing before those that are there",
        ["partition": Int64(hole.partition), "missing_offset": hole.missing, "waiting": Int64(hole.held)])
    }
    waitsFor = holes
  }
}

extension OutcomeHole {
  fileprivate func isSame(as other: OutcomeHole) -> Bool {
    partition == other.partition && incarnation == other.incarnation && missing == other.missing
  }
}
