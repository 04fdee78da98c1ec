/// Gives a partition's events to the client, each dead record's dead letter before its event.
struct EventDispatch: ~Copyable {
  private let sink: any EventSink
  private let crashPoints: CrashPoints
  private var outcomes: OutcomeEventEncoder
  private var deadLetters: DeadLetterEncoder
  /// How often the broker refused what was to be taken by the topic's settings. Once: they are another by now, and are read
  /// again. Twice: it is told without its request, or as a pointer.
  private var refusals: [Place: Int] = [:]
  private let topic: String
  /// A batch was decided in a history whose random id is not known yet.
  var isHistoryMissing = false

  init(sink: any EventSink, topic: String, noEffect: String, crashPoints: CrashPoints) {
    self.sink = sink
    self.crashPoints = crashPoints
    self.topic = topic
    outcomes = OutcomeEventEncoder(topic: topic, noEffect: noEffect)
    deadLetters = DeadLetterEncoder(topic: topic)
  }

  /// One record of an output topic: it keeps its place when it is sent again.
  private struct Place: Hashable {
    let topic: OutputTopic
    let partition: Int32
    let offset: Int64
  }

  /// The most places that are remembered: what is forgotten is refused, and learned, once more.
  private static let refusalsMax = 10_000

  /// The broker refused it for its size: next time it goes smaller. Returns `failed` where it cannot.
  /// - Parameter offset: nil: nobody waits for it any more.
  mutating func tooLarge(_ tag: EventTag, offset: Int64?) -> SendFailure {
    guard let offset else { return .tooLarge }
    if refusals.count >= Self.refusalsMax { refusals = [:] }
    let place = Place(topic: tag.topic, partition: tag.partition, offset: offset)
    refusals[place, default: 0] += 1
    return isShrunk(place, 3) ? tooSmall(tag.topic) : .tooLarge
  }

  private func isShrunk(_ place: Place, _ refusalsMin: Int = 2) -> Bool {
    refusals[place] ?? 0 >= refusalsMin
  }

  /// Sending it again would fail for ever, and very fast.
  private func tooSmall(_ output: OutputTopic) -> SendFailure {
    .failed(
      "the topic \(output.name(beside: topic)) does not even take what is told without the record itself: raise its "
        + "max.message.bytes (and let this user DESCRIBE_CONFIGS it)")
  }

  /// Sends what is there. Returns how many events.
  mutating func send(
    _ partition: inout PartitionPublication, atMost limit: Int, histories: [Int32: UInt128]
  ) throws(SendFailure) -> Int {
    var count = 0
    var begun: Int64?
    var history = HistoryIdentity(number: 0, id: 0)
    while count < limit, let (batch, entry) = partition.next() {
      if begun != batch.from {
        guard let id = histories[batch.history] else {
          isHistoryMissing = true
          return count
        }
        begun = batch.from
        history = HistoryIdentity(number: batch.history, id: id)
        outcomes.begin(batch, history)
      }
      if case .dead = entry.told, !partition.isLetterSent(entry.offset),
        let record = batch.deadRecord(at: entry.offset)
      {
        try sendDeadLetter(record, batch, history, partition.nextNumber)
        partition.sent(letterOf: entry.offset)
      }
      try sendOutcome(entry, batch, previous: partition.previous, partition.nextNumber)
      partition.sent(eventOf: entry.offset)
      count += 1
    }
    if count > 0 { crashPoints.reach(.publishAfterProduce) }
    return count
  }

  private mutating func sendOutcome(
    _ entry: DecidedBatch.Entry, _ batch: DecidedBatch, previous: Int64?, _ number: UInt64
  ) throws(SendFailure) {
    let tag = EventTag(partition: batch.partition, topic: .outcomes, number: number)
    let place = Place(topic: .outcomes, partition: batch.partition, offset: entry.offset)
    var isWhole = !isShrunk(place)
    outcomes.encode(entry, of: batch, previous: previous, withRequest: isWhole)
    if isWhole, outcomes.draft.size > sink.sizeLimit(of: .outcomes) {
      isWhole = false
      outcomes.encode(entry, of: batch, previous: previous, withRequest: false)
    }
    do throws(SendFailure) {
      try sink.send(outcomes.draft, to: .outcomes, partition: batch.partition, tag: tag.bits)
    } catch {
      guard error == .tooLarge else { throw error }
      guard isWhole else { throw tooSmall(.outcomes) }
      outcomes.encode(entry, of: batch, previous: previous, withRequest: false)
      try sink.send(outcomes.draft, to: .outcomes, partition: batch.partition, tag: tag.bits)
    }
  }

  private mutating func sendDeadLetter(
    _ record: DeadRecord, _ batch: DecidedBatch, _ history: HistoryIdentity, _ number: UInt64
  ) throws(SendFailure) {
    let tag = EventTag(partition: batch.partition, topic: .deadLetters, number: number)
    let place = Place(topic: .deadLetters, partition: batch.partition, offset: record.offset)
    var isWhole = !isShrunk(place)
    deadLetters.encode(record, of: batch, history, asPointer: !isWhole)
    if isWhole, deadLetters.draft.size > sink.sizeLimit(of: .deadLetters) {
      isWhole = false
      deadLetters.encode(record, of: batch, history, asPointer: true)
    }
    do throws(SendFailure) {
      try sink.send(deadLetters.draft, to: .deadLetters, partition: batch.partition, tag: tag.bits)
    } catch {
      guard error == .tooLarge else { throw error }
      guard isWhole else { throw tooSmall(.deadLetters) }
      deadLetters.encode(record, of: batch, history, asPointer: true)
      try sink.send(deadLetters.draft, to: .deadLetters, partition: batch.partition, tag: tag.bits)
    }
  }
}
