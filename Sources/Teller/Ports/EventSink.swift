/// Where outcome events and dead letters go: topics beside the input topic. One publisher thread sends and polls.
public protocol EventSink: AnyObject, Sendable {
  /// Creates the output topics where they are missing and the broker lets us, and checks that each has as many partitions
  /// as the input: before anything is sent, or a broker may create them itself, with one. May take seconds.
  /// - Returns: nil where both are there; else what is wrong and what to do, for the person who asks for the status.
  func prepare() -> String?
  /// The largest record that a topic takes, in bytes of key, value and headers, as far as it is known.
  func sizeLimit(of topic: OutputTopic) -> Int
  /// Queues a record; its bytes are copied. Reports carry `tag`; they come in order within a topic's partition.
  func send(
    _ draft: borrowing EventDraft, to topic: OutputTopic, partition: Int32, tag: UInt64
  ) throws(SendFailure)
  /// Serves reports. Zero: those that are there; else nothing more is to be sent for now, and `limit` may be waited.
  func poll(_ limit: Duration) -> [SendReport]
  /// What the client said last about its connections, in words, where nothing arrived since: while no broker answers,
  /// nothing fails, and nothing arrives.
  var trouble: String? { get }
  /// Drops everything that has no report yet, and makes the client fit for use again, with a new one if need be. No report
  /// of anything sent before comes afterwards.
  func reset()
  /// Ends the client; what has no report is dropped. False: it did not let go in time.
  func close(within limit: Duration) -> Bool
}

extension EventSink {
  /// Nothing is known.
  public var trouble: String? { nil }
}

/// One of the two topics beside the input.
public enum OutputTopic: String, CaseIterable, Sendable {
  /// One event for each decided offset.
  case outcomes
  /// What could never be decided, as it was.
  case deadLetters = "dead-letters"

  /// The topic's name beside its input.
  public func name(beside input: String) -> String { "\(input)-\(rawValue)" }
}

/// The end of one event's way to the broker.
public struct SendReport: Equatable, Sendable {
  /// The tag given with it.
  public let tag: UInt64
  /// Why it did not arrive; nil: the broker has it.
  public let failure: SendFailure?

  /// A report from its parts.
  public init(tag: UInt64, failure: SendFailure?) {
    self.tag = tag
    self.failure = failure
  }
}

/// Why an event was not sent.
public enum SendFailure: Error, Equatable, Sendable {
  /// The client's queue is full: poll, then send it again.
  case full
  /// The broker, or the client, does not take so large a record.
  case tooLarge
  /// Anything else; it may heal. In words, for the person who asks for the status.
  case failed(String)
}
