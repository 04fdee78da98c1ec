public import KafkaClient

/// Why a request was not acknowledged. What matters most is `mayBeWritten`; in every case the same request can be sent
/// again, for its idempotency key stays the same.
public struct SendError: Error, Equatable, Sendable {
  /// The kinds, for programs.
  public enum Code: String, Sendable {
    /// As many requests are on their way as may be, and no place came free in time.
    case full
    /// The producer was closed.
    case closed
    /// The producer met an error that ends it: make another one.
    case ended
    /// The broker or the client refused it, or it was given up: certainly not written.
    case failed
    /// It was on its way when it was given up: it may be written, or not.
    case unknown
  }

  /// The kind.
  public let code: Code
  /// What happened, in words.
  public let cause: String
  /// What to do.
  public let hint: String
  /// librdkafka's or the broker's error, where there is one.
  public let error: KafkaError?
  /// The request, to be sent again as it is: see `TransferProducer.retry`.
  public let request: PreparedRequest

  /// Whether the record may lie in the log all the same. Only after `unknown`.
  public var mayBeWritten: Bool { code == .unknown }

  init(_ code: Code, _ request: PreparedRequest, error: KafkaError? = nil) {
    self.code = code
    self.error = error
    self.request = request
    let cause =
      switch code {
      case .full: "as many requests are on their way as may be"
      case .closed: "the producer was closed"
      case .ended: "the producer met an error that ended it"
      case .failed: "the request was not written"
      case .unknown: "the request may be written or not"
      }
    self.cause = error.map { "\(cause): \($0)" } ?? cause
    hint =
      switch code {
      case .full: "send it again later"
      case .closed, .ended: "make another producer and send it again"
      case .failed: "mend the cause and send it again, under the same key"
      case .unknown: "send it again as it is: under its key it is applied once"
      }
  }
}

extension SendError: CustomStringConvertible {
  /// What happened and what to do, in one line.
  public var description: String { "\(cause) (\(hint))" }
}
