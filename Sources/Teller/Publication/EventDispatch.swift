/// Gives a partition's events to the client, each dead record's dead letter before its event.
struct EventDispatch: ~Copyable {
  private let sink: any EventSink
  private let crashPoints: CrashPoints
  private var outcomes: OutcomeEventEncoder
  private var deadLetters: DeadLetterEncoder
  /// What the broker did not take as it was: told without its request, or as a pointer.
  private var shrunk: Set<Place> = []
  /// A batch was decided in a history whose random id is not known yet.
  var isHistoryMissing = false

  init(sink: any EventSink, topic: String, noEffect: String, crashPoints: CrashPoints) {
    self.sink = sink
    self.crashPoints = crashPoints
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
  private static let shrunkMax = 10_000

  /// The broker refused it for its size: next time it goes smaller.
  mutating func tooLarge(_ tag: EventTag, offset: Int64) {
    if shrunk.count >= Self.shrunkMax { shrunk = [] }
    shrunk.insert(Place(topic: tag.topic, partition: tag.partition, offset: offset))
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
    var isWhole = !shrunk.contains(place)
    outcomes.encode(entry, of: batch, previous: previous, withRequest: isWhole)
    if isWhole, outcomes.draft.size > sink.sizeLimit(of: .outcomes) {
      isWhole = false
      outcomes.encode(entry, of: batch, previous: previous, withRequest: false)
    }
    do throws(SendFailure) {
      try sink.send(outcomes.draft, to: .outcomes, partition: batch.partition, tag: tag.bits)
    } catch {
      guard error == .tooLarge, isWhole else { throw error }
      outcomes.encode(entry, of: batch, previous: previous, withRequest: false)
      try sink.send(outcomes.draft, to: .outcomes, partition: batch.partition, tag: tag.bits)
    }
  }

  private mutating func sendDeadLetter(
    _ record: DeadRecord, _ batch: DecidedBatch, _ history: HistoryIdentity, _ number: UInt64
  ) throws(SendFailure) {
    let tag = EventTag(partition: batch.partition, topic: .deadLetters, number: number)
    let place = Place(topic: .deadLetters, partition: batch.partition, offset: record.offset)
    var isWhole = !shrunk.contains(place)
    deadLetters.encode(record, of: batch, history, asPointer: !isWhole)
    if isWhole, deadLetters.draft.size > sink.sizeLimit(of: .deadLetters) {
      isWhole = false
      deadLetters.encode(record, of: batch, history, asPointer: true)
    }
    do throws(SendFailure) {
      try sink.send(deadLetters.draft, to: .deadLetters, partition: batch.partition, tag: tag.bits)
    } catch {
      guard error == .tooLarge, isWhole else { throw error }
      deadLetters.encode(record, of: batch, history, asPointer: true)
      try sink.send(deadLetters.draft, to: .deadLetters, partition: batch.partition, tag: tag.bits)
    }
  }
}
