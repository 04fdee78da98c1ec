internal import Foundation
internal import KafkaClient
internal import Synchronization

/// What is on its way: each sending's place, and its one result. Reports come on the serving thread.
final class Deliveries: Sendable {
  /// How often the serving thread looks at the clock.
  private static let beat = Duration.milliseconds(100)

  /// What a sending gets that asks for a place.
  enum Entry: Sendable {
    case entered
    case refused(SendError.Code, KafkaError?)
  }

  private struct Delivery: Sendable {
    let request: PreparedRequest
    let report: @Sendable (SendResult) -> Void
  }

  private struct Waiter: Sendable {
    let deadline: ContinuousClock.Instant
    let wake: @Sendable (Entry) -> Void
  }

  private struct State {
    /// Places that are taken, those without a tag yet included.
    var taken = 0
    var nextTag: UInt64 = 1
    var underway: [UInt64: Delivery] = [:]
    /// In the order of their coming; all wait equally long, so the first one's time is over first.
    var waiters: [Waiter] = []
    var isClosing = false
    /// No report comes any more.
    var isOver = false
    var fatal: KafkaError?
  }

  private let inFlightMax: Int
  private let policy: TransferProducer.Limits.Policy
  private let state = Mutex(State())
  private let stopped = Atomic<Bool>(false)

  init(inFlightMax: Int, policy: TransferProducer.Limits.Policy) {
    self.inFlightMax = inFlightMax
    self.policy = policy
  }

  var inFlight: Int { state.withLock { $0.underway.count } }

  /// Serves reports until `stop`. Holds the producer for so long.
  func serve(_ producer: Producer) {
    Thread.detachNewThread { [self] in
      while !stopped.load(ordering: .acquiring) {
        producer.poll(timeout: Self.beat)
        expire(ContinuousClock.now)
      }
    }
  }

  func stop() { stopped.store(true, ordering: .releasing) }

  // MARK: - Places

  /// Takes a place, waiting for one as the policy says.
  func enter() async -> Entry {
    await withCheckedContinuation { continuation in
      enter { continuation.resume(returning: $0) }
    }
  }

  func enterBlocking() -> Entry {
    let entry = Awaited<Entry>()
    enter { entry.set($0) }
    return entry.get()
  }

  /// `wake` is called once: now, when a place comes free, or when waiting is over.
  private func enter(_ wake: @escaping @Sendable (Entry) -> Void) {
    let now = state.withLock { state -> Entry? in
      if let refusal = Self.refusal(state) { return refusal }
      if state.taken < inFlightMax {
        state.taken += 1
        return .entered
      }
      guard case .wait(let limit) = policy else { return .refused(.full, nil) }
      state.waiters.append(Waiter(deadline: ContinuousClock.now + limit, wake: wake))
      return nil
    }
    if let now { wake(now) }
  }

  private static func refusal(_ state: borrowing State) -> Entry? {
    if let fatal = state.fatal { return .refused(.ended, fatal) }
    return state.isClosing ? .refused(.closed, nil) : nil
  }

  /// Waiters whose time is over.
  private func expire(_ now: ContinuousClock.Instant) {
    let late = state.withLock { state in
      let late = state.waiters.prefix { $0.deadline <= now }
      state.waiters.removeFirst(late.count)
      return Array(late)
    }
    for waiter in late { waiter.wake(.refused(.full, nil)) }
  }

  // MARK: - Results

  /// Notes a sending that has a place; returns the tag of its report, nil where none would come any more.
  func register(_ request: PreparedRequest, _ report: @escaping @Sendable (SendResult) -> Void) -> UInt64? {
    state.withLock { state in
      if state.isOver { return nil }
      let tag = state.nextTag
      state.nextTag += 1
      state.underway[tag] = Delivery(request: request, report: report)
      return tag
    }
  }

  func settle(_ report: DeliveryReport) {
    finish(report.tag) { request in
      // An error beside "persisted" would contradict itself: nothing is promised then.
      switch (report.error, report.status) {
      case (nil, .persisted):
        .acknowledged(Receipt(partition: report.partition, offset: report.offset))
      case (let error, .notPersisted): .failed(SendError(.failed, request, error: error))
      case (let error, _): .unknown(SendError(.unknown, request, error: error))
      }
    }
  }

  /// The client did not even queue it.
  func refuse(_ tag: UInt64, _ error: KafkaError) {
    finish(tag) { request in
      let code: SendError.Code =
        switch error.code {
        case KafkaError.Code.queueFull: .full
        case KafkaError.Code.destroyed: .closed
        case KafkaError.Code.fatal: .ended
        default: .failed
        }
      return .failed(SendError(code, request, error: error))
    }
  }

  private func finish(_ tag: UInt64, _ result: (PreparedRequest) -> SendResult) {
    let (delivery, waiter) = state.withLock { state -> (Delivery?, Waiter?) in
      guard let delivery = state.underway.removeValue(forKey: tag) else { return (nil, nil) }
      // The place goes to the one that waits longest.
      if state.waiters.isEmpty {
        state.taken -= 1
        return (delivery, nil)
      }
      return (delivery, state.waiters.removeFirst())
    }
    if let delivery { delivery.report(result(delivery.request)) }
    waiter?.wake(.entered)
  }

  // MARK: - Ends

  /// The producer cannot go on. What is underway gets its reports from librdkafka.
  func end(_ error: KafkaError) { refuseWaiters { $0.fatal = error } }

  /// False where it began before.
  func beginClosing() -> Bool {
    let wasClosing = state.withLock { $0.isClosing }
    refuseWaiters { $0.isClosing = true }
    return !wasClosing
  }

  private func refuseWaiters(_ change: (inout State) -> Void) {
    let (waiters, entry) = state.withLock { state -> ([Waiter], Entry) in
      change(&state)
      defer { state.waiters = [] }
      return (state.waiters, Self.refusal(state) ?? .refused(.closed, nil))
    }
    for waiter in waiters { waiter.wake(entry) }
  }

  /// What got no report by now gets none, and may be written.
  func abandonAll() {
    let tags = state.withLock { state in
      state.isOver = true
      return Array(state.underway.keys)
    }
    for tag in tags {
      finish(tag) { .unknown(SendError(.unknown, $0)) }
    }
  }
}
