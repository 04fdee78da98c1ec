public import Teller

/// The two output topics in memory, and the client that publishes to them. Safe from any thread.
///
/// Nothing happens by itself: a record is delivered when it is sent, unless reports are held, and its report waits for the
/// next `poll`. What a test injects stays until it is taken back, unless it is said to strike so many times.
public final class SimulatedEventSink: EventSink {
  /// A record on one of the topics.
  public struct Delivered: Equatable, Sendable {
    /// The partition it was sent to.
    public let partition: Int32
    /// Nil for null.
    public let key: [UInt8]?
    /// Nil for null.
    public let value: [UInt8]?
    /// In order.
    public let headers: [RecordHeader]

    /// The value of the first header of this name, as text; nil where there is none or it is null.
    public func header(_ name: String) -> String? {
      headers.first { $0.name == name }?.value.map { String(decoding: $0, as: UTF8.self) }
    }
  }

  /// A record without a report.
  private struct InFlight {
    let topic: OutputTopic
    let tag: UInt64
    let record: Delivered
    let size: Int
  }

  private struct State {
    var topics: [OutputTopic: [Delivered]] = [:]
    var missing: Set<OutputTopic> = []
    var announced: [OutputTopic: Int] = [:]
    var taken: [OutputTopic: Int] = [:]
    var queueMax = Int.max
    var isHeld = false
    var failing: (count: Int, reason: String, arrives: Bool) = (0, "", false)
    var inFlight: [InFlight] = []
    var reports: [SendReport] = []
    var resets = 0
    var isClosed = false
    var arrivesAfterReset = false
    var closesInTime = true
  }

  /// What a topic takes where nobody said otherwise, in bytes.
  public static let sizeLimit = 1_048_576

  private let partitions: Int
  private let state = Signal(State())

  /// Two empty topics.
  public init(partitions: Int = 1) { self.partitions = partitions }

  // MARK: The port

  /// Names what is missing.
  public func prepare() -> String? {
    let missing = state.withLock { $0.missing }.map(\.rawValue).sorted()
    return missing.isEmpty ? nil : "topics are missing: \(missing.joined(separator: ", "))"
  }

  /// What was announced.
  public func sizeLimit(of topic: OutputTopic) -> Int {
    state.withLock { $0.announced[topic] ?? Self.sizeLimit }
  }

  /// Delivers, or keeps the record where reports are held.
  public func send(
    _ draft: borrowing EventDraft, to topic: OutputTopic, partition: Int32, tag: UInt64
  ) throws(SendFailure) {
    let (record, size) = (Delivered(draft, partition), Self.size(draft))
    try state.withLock { (state) throws(SendFailure) in
      if state.isClosed { throw .failed("the client is closed") }
      guard 0..<partitions ~= Int(partition) else { throw .failed("there is no partition \(partition)") }
      if state.inFlight.count + state.reports.count >= state.queueMax { throw .full }
      if size > state.announced[topic] ?? Self.sizeLimit { throw .tooLarge }
      state.inFlight.append(InFlight(topic: topic, tag: tag, record: record, size: size))
      if !state.isHeld { Self.serve(&state, Int.max) }
    }
  }

  /// Takes all reports that are there; waits for the first.
  public func poll(_ limit: Duration) -> [SendReport] {
    state.wait(for: limit) { state in
      guard !state.reports.isEmpty else { return nil }
      defer { state.reports = [] }
      return state.reports
    } ?? []
  }

  /// Drops what has no report, and reports that were not polled.
  public func reset() {
    state.withLock { state in
      if state.arrivesAfterReset {
        state.inFlight.forEach { state.topics[$0.topic, default: []].append($0.record) }
      }
      (state.inFlight, state.reports) = ([], [])
      state.resets += 1
    }
  }

  /// Takes nothing more.
  public func close(within limit: Duration) -> Bool {
    state.withLock { state in
      (state.inFlight, state.reports) = ([], [])
      state.isClosed = true
      return state.closesInTime
    }
  }

  private static func serve(_ state: inout State, _ count: Int) {
    for sent in state.inFlight.prefix(count) {
      var failure: SendFailure?
      var arrives = true
      if state.missing.contains(sent.topic) {
        (failure, arrives) = (.failed("unknown topic"), false)
      } else if sent.size > state.taken[sent.topic] ?? Int.max {
        (failure, arrives) = (.tooLarge, false)
      } else if state.failing.count > 0 {
        state.failing.count -= 1
        (failure, arrives) = (.failed(state.failing.reason), state.failing.arrives)
      }
      if arrives { state.topics[sent.topic, default: []].append(sent.record) }
      state.reports.append(SendReport(tag: sent.tag, failure: failure))
    }
    state.inFlight.removeFirst(min(count, state.inFlight.count))
  }

  private static func size(_ draft: borrowing EventDraft) -> Int {
    let headers = draft.headers.reduce(0) { $0 + $1.name.count + ($1.value?.count ?? 0) }
    return (draft.key?.count ?? 0) + (draft.value?.count ?? 0) + headers
  }
}

// What a test sees and injects.
extension SimulatedEventSink {
  /// All records of a topic, in the order of their arrival.
  public func delivered(_ topic: OutputTopic) -> [Delivered] { state.withLock { $0.topics[topic] ?? [] } }

  /// Those of one partition.
  public func delivered(_ topic: OutputTopic, partition: Int32) -> [Delivered] {
    delivered(topic).filter { $0.partition == partition }
  }

  /// Waits until a topic's records are as asked. False: they were not in time.
  public func wait(
    for limit: Duration = .seconds(20), on topic: OutputTopic, until isSo: ([Delivered]) -> Bool
  ) -> Bool {
    state.wait(for: limit) { isSo($0.topics[topic] ?? []) ? true : nil } ?? false
  }

  /// Waits until so many records have no report, while reports are held. False: they were not in time.
  public func untilInFlight(_ count: Int, within limit: Duration = .seconds(20)) -> Bool {
    state.wait(for: limit) { $0.inFlight.count >= count ? true : nil } ?? false
  }

  /// Records without a report.
  public var inFlight: Int { state.withLock { $0.inFlight.count } }

  /// How often the client was reset.
  public var resets: Int { state.withLock { $0.resets } }

  /// Whether the client was closed.
  public var isClosed: Bool { state.withLock { $0.isClosed } }

  /// How many records may be without a report, or with one that was not polled; more fail as `full`.
  public func limitQueue(to count: Int) { state.withLock { $0.queueMax = count } }

  /// The largest record of a topic in bytes, as the client knows it: what is larger fails at once.
  public func announce(sizeLimit: Int, of topic: OutputTopic) {
    state.withLock { $0.announced[topic] = sizeLimit }
  }

  /// The largest record that the broker takes, whatever the client knows: what is larger is reported as too large.
  public func take(upTo size: Int, on topic: OutputTopic) { state.withLock { $0.taken[topic] = size } }

  /// Topics that are not there, from now on: `prepare` says so, and records to them fail.
  public func miss(_ topics: Set<OutputTopic>) { state.withLock { $0.missing = topics } }

  /// The next so many records are reported as failed. `arrives`: the broker has them all the same.
  public func fail(next count: Int, _ reason: String = "broker transport failure", arrives: Bool = false) {
    state.withLock { $0.failing = (count, reason, arrives) }
  }

  /// Reports, and deliveries, are held from now on.
  public func hold() { state.withLock { $0.isHeld = true } }

  /// The first so many of what is held are served; all of them, and nothing is held any more, where no number is given.
  public func release(_ count: Int? = nil) {
    state.withLock { state in
      Self.serve(&state, count ?? Int.max)
      if count == nil { state.isHeld = false }
    }
  }

  /// Whether what a reset drops arrives all the same.
  public func arriveAfterReset(_ isSo: Bool) { state.withLock { $0.arrivesAfterReset = isSo } }

  /// Whether the client will let go in time when it is closed.
  public func closeInTime(_ isSo: Bool) { state.withLock { $0.closesInTime = isSo } }

  /// Records that are there already come once more, late: a publisher that was stopped has woken.
  public func repeatLate(_ topic: OutputTopic, where isWanted: (Delivered) -> Bool = { _ in true }) {
    state.withLock { state in
      let again = (state.topics[topic] ?? []).filter(isWanted)
      state.topics[topic, default: []] += again
    }
  }
}

extension SimulatedEventSink.Delivered {
  fileprivate init(_ draft: borrowing EventDraft, _ partition: Int32) {
    let bytes = draft.bytes
    func part(_ range: Range<Int>?) -> [UInt8]? { range.map { Array(bytes[$0]) } }
    self.init(
      partition: partition, key: part(draft.key), value: part(draft.value),
      headers: draft.headers.map {
        RecordHeader(name: String(decoding: bytes[$0.name], as: UTF8.self), value: part($0.value))
      })
  }
}
