// What a Kafka error means to the engine.

internal import KafkaClient
internal import Teller

extension LogFailure {
  /// Translates an error by its code; `message` carries the hint, never a secret.
  init(_ error: KafkaError) {
    self.init(Self.kind(of: error), error)
  }

  /// An error that the client called fatal, whatever its code.
  init(fatal error: KafkaError) {
    self.init(.fatal, error)
  }

  private init(_ kind: Kind, _ error: KafkaError) {
    self.init(kind, code: error.name, message: error.hint.map { "\(error.message) (\($0))" } ?? error.message)
  }

  private static func kind(of error: KafkaError) -> Kind {
    typealias Code = KafkaError.Code
    if error.isFatal { return .fatal }
    if error.isLoginRefused { return .refused }
    switch error.code {
    case Code.autoOffsetReset, Code.offsetOutOfRange: return .outOfRange
    case Code.illegalGeneration, Code.unknownMemberID, Code.fencedInstanceID, Code.assignmentLost:
      return .notAMember
    // A closed client answers nothing any more, and a wrong argument stays wrong: asking again would never end.
    case Code.fatal, Code.destroyed, Code.invalidArgument: return .fatal
    // A rebalance in progress among them: the group ends it by itself.
    default: return .transient
    }
  }
}

/// Runs a call on the client and translates what it throws.
func translating<Result: ~Copyable>(
  _ call: () throws(KafkaError) -> Result
) throws(LogFailure) -> Result {
  do throws(KafkaError) {
    return try call()
  } catch {
    throw LogFailure(error)
  }
}

/// A log's bounds as a range; a pair that is none says that the broker does not know yet.
func logRange(low: Int64, high: Int64) throws(LogFailure) -> Range<Int64> {
  guard low >= 0, low <= high else {
    throw LogFailure(
      .transient, code: "BAD_BOUNDS", message: "the broker says that the log goes from \(low) to \(high)")
  }
  return low..<high
}
