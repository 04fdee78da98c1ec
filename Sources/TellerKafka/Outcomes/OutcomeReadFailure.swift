public import Teller

/// Why no event could be read.
public struct OutcomeReadFailure: Error, Equatable, Sendable {
  /// What failed.
  public enum Cause: Equatable, Sendable {
    /// The log. A `transient` one heals by asking again.
    case log(LogFailure)
    /// A record of the topic is no event. It is passed over.
    case format(OutcomeEventError)
    /// An event that has no place in the order. It is passed over, but for `holeTooLong`, which comes again.
    case order(OutcomeOrderError)
  }

  /// What failed.
  public let cause: Cause
  /// The partition, where it is one's failure.
  public let partition: Int32?
  /// The record's offset in the outcomes topic, where it is one record's failure.
  public let offset: Int64?

  init(_ failure: LogFailure, partition: Int32? = nil) {
    (cause, self.partition, offset) = (.log(failure), partition, nil)
  }

  init(_ error: OutcomeEventError, partition: Int32, offset: Int64) {
    (cause, self.partition, self.offset) = (.format(error), partition, offset)
  }

  init(_ error: OutcomeOrderError, offset: Int64? = nil) {
    (cause, partition, self.offset) = (.order(error), error.partition, offset)
  }
}

extension OutcomeReadFailure: CustomStringConvertible {
  /// What happened and where, in one line.
  public var description: String {
    let place = offset.map { " (outcomes topic, partition \(partition ?? -1), offset \($0))" } ?? ""
    switch cause {
    case .log(let failure): return "\(failure)\(place)"
    case .format(let error): return "\(error)\(place)"
    case .order(let error): return "\(error)\(place)"
    }
  }
}
