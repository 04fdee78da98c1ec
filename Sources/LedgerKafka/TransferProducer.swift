// How a service sends requests: see Ledger.docc/Services.md.

internal import Foundation
public import KafkaClient
public import Ledger
internal import Synchronization
public import Teller

/// Sends requests to the input topic of a stream: valid ones, to the right partition, through one idempotent producer
/// that waits for all replicas in sync, with bounded memory and in bounded time.
///
/// Each sending ends in exactly one of acknowledged, failed (certainly not written) and unknown (may be written). After
/// the latter two the same request is sent again: under its idempotency key it is applied once. Any thread and any task may
/// send. `close` it: without, what is on its way ends as unknown.
public final class TransferProducer: Sendable {
  /// What is bounded.
  public struct Limits: Sendable {
    /// What happens to a sending that would be one too many.
    public enum Policy: Sendable {
      /// It waits for a place, so long at most; then it fails with `full`.
      case wait(Duration)
      /// It fails with `full` at once.
      case refuse
    }

    /// How many requests may be on their way at a time.
    public var inFlightMax: Int
    /// How long one may be on its way: then it is given up, as failed or as unknown.
    public var deliveryMax: Duration
    /// What happens when so many are on their way.
    public var whenFull: Policy

    /// 10,000 requests, a minute each, and half a minute's wait, unless told otherwise.
    public init(
      inFlightMax: Int = 10_000, deliveryMax: Duration = .seconds(60), whenFull: Policy = .wait(.seconds(30))
    ) {
      self.inFlightMax = inFlightMax
      self.deliveryMax = deliveryMax
      self.whenFull = whenFull
    }
  }

  /// The input topic.
  public let topic: String
  /// How many partitions it has.
  public let partitionCount: Int32
  private let partitioner: Partitioner
  private let deliveries: Deliveries
  private let producer: Producer

  /// Connects, and asks a broker for the topic's partition count: the place of a key depends on it.
  ///
  /// - Parameters:
  ///   - configuration: brokers and further properties. Those that would break a promise are refused: a transactional id,
  ///     no idempotence, fewer acknowledgements.
  ///   - topic: the input topic.
  ///   - partitioner: how the stream's producers place keys (`teller stream show`).
  ///   - limits: bounds of memory and time.
  ///   - limit: how long the brokers may take to answer.
  ///   - onTrouble: hears the client's errors, on a thread of the producer; it goes on trying by itself.
  /// - Throws: `invalidArgument` for a property that is wrong, `unknownTopicOrPartition` where there is no such topic,
  ///   or why no broker answered.
  public init(
    configuration: KafkaConfiguration, topic: String, partitioner: Partitioner = .murmur2,
    limits: Limits = Limits(), within limit: Duration = .seconds(30),
    onTrouble: @escaping @Sendable (KafkaError) -> Void = { _ in }
  ) throws(KafkaError) {
    let properties = try configuration.forSending(limits)
    self.topic = topic
    self.partitioner = partitioner
    partitionCount = try configuration.partitionCount(of: topic, within: limit)
    let deliveries = Deliveries(inFlightMax: max(1, limits.inFlightMax), policy: limits.whenFull)
    self.deliveries = deliveries
    producer = try Producer(
      properties, onReport: { deliveries.settle($0) },
      onEvent: { event in
        switch event {
        case .fatal(let error):
          deliveries.end(error)
          onTrouble(error)
        case .error(let error): onTrouble(error)
        case .log: break
        }
      })
    deliveries.serve(producer)
  }

  deinit {
    deliveries.stop()
    deliveries.abandonAll()
  }

  /// Checks a request, writes it and finds its place. Nothing is sent. A service that must not lose it writes it down
  /// now, and sends it then.
  ///
  /// - Parameters:
  ///   - idempotencyKey: what the effect is known by, a UUID or the service's own number; nil draws a UUID.
  ///   - headers: passed on with the record, for instance `traceparent`.
  /// - Throws: what a worker would refuse.
  public func prepare(
    _ request: LedgerRequest, idempotencyKey: String? = nil, headers: [RecordHeader] = []
  ) throws(RequestError) -> PreparedRequest {
    let key = idempotencyKey ?? Self.drawnKey()
    return place(
      try EncodedRequest(request, idempotencyKey: key, topic: topic), headers: headers)
  }

  /// The same for a request that was written earlier, or elsewhere (`EncodedRequest.init(key:value:topic:)`).
  public func place(_ request: EncodedRequest, headers: [RecordHeader] = []) -> PreparedRequest {
    PreparedRequest(
      request: request,
      partition: partitioner.partition(key: request.key.span.bytes, count: partitionCount), headers: headers)
  }

  /// Sends a request and tells how it ended.
  ///
  /// Waits, as the limits say, while too many are on their way; this blocks the thread.
  /// - Parameter report: called exactly once, on a thread of the producer (or on this one where it was refused at once).
  ///   It must not block.
  public func send(_ request: PreparedRequest, report: @escaping @Sendable (SendResult) -> Void) {
    switch deliveries.enterBlocking() {
    case .entered: hand(request, report)
    case .refused(let code, let error): report(SendResult(SendError(code, request, error: error)))
    }
  }

  /// Sends a request and waits until its end is known. No thread is blocked. Cancelling the task does not take the
  /// request back: its end is awaited all the same, for it may be written.
  public func send(_ request: PreparedRequest) async throws(SendError) -> Receipt {
    switch await deliveries.enter() {
    case .entered: break
    case .refused(let code, let error): throw SendError(code, request, error: error)
    }
    let result = await withCheckedContinuation { continuation in
      hand(request) { continuation.resume(returning: $0) }
    }
    return try result.get()
  }

  /// Sends a request and blocks the thread until its end is known: for code without tasks. Not from a report.
  public func sendBlocking(_ request: PreparedRequest) throws(SendError) -> Receipt {
    let end = Awaited<SendResult>()
    send(request) { end.set($0) }
    return try end.get().get()
  }

  /// Sends again what was not acknowledged: the same bytes under the same idempotency key.
  public func retry(_ error: SendError) async throws(SendError) -> Receipt {
    try await send(error.request)
  }

  /// How many requests are on their way.
  public var inFlight: Int { deliveries.inFlight }

  /// Takes no more, waits for what is on its way, gives up what is still so at `limit`, and ends. Each sending has its
  /// result when it returns. False: librdkafka did not let go in time.
  @discardableResult
  public func close(within limit: Duration) -> Bool {
    guard deliveries.beginClosing() else { return true }
    if !producer.flush(timeout: limit) {
      producer.purge()
      // The reports of what was purged are there at once; a poll serves them.
      _ = producer.flush(timeout: .seconds(1))
    }
    deliveries.stop()
    deliveries.abandonAll()
    return producer.close(within: .seconds(5))
  }

  private func hand(_ request: PreparedRequest, _ report: @escaping @Sendable (SendResult) -> Void) {
    guard let tag = deliveries.register(request, report) else {
      return report(.failed(SendError(.closed, request)))
    }
    do throws(KafkaError) {
      try producer.produce(
        topic: topic, partition: request.partition, key: request.request.key, value: request.request.value,
        headers: request.headers.map { ($0.name, $0.value) }, tag: tag)
    } catch {
      deliveries.refuse(tag, error)
    }
  }

  private static func drawnKey() -> String {
    var generator = SystemRandomNumberGenerator()
    let now = Int64(Date().timeIntervalSince1970 * 1000)
    return IdempotencyKey.random(at: now, using: &generator).uuidString
  }
}
