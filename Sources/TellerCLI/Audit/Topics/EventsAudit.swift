import PostgresClient
import Teller
import TellerKafka
import TellerPostgres

/// Compares one partition of the outcomes topic with the tables: every event with what was decided, every decision with
/// its event, and what a reader makes of them.
struct EventsAudit {
  /// One incarnation of the partition.
  private struct Life {
    let partition: AuditedPartition
    /// What has an event, gaps before it included.
    var present = OffsetCover()
    /// The offset of the first right event that the topic still holds.
    var firstSeen: Int64?
  }

  let topic: String
  let number: Int32
  let histories: [Int32: UInt128]
  private var lives: [Int32: Life]
  private var order = ReadersOrder()
  private var foreign: Int64 = 0

  /// - Parameter lives: the partition in each incarnation.
  init(topic: String, number: Int32, histories: [Int32: UInt128], lives: [AuditedPartition]) {
    self.topic = topic
    self.number = number
    self.histories = histories
    self.lives = Dictionary(lives.map { ($0.incarnation, Life(partition: $0)) }, uniquingKeysWith: { $1 })
  }

  /// Reads the partition to its end and judges it.
  mutating func run(
    _ source: TopicSource, _ auditor: inout Auditor, _ findings: inout TopicFindings
  ) throws {
    let begin = try source.read(number) { records in
      try check(records, source, &auditor, &findings)
    }
    for life in lives.values.sorted(by: { $0.partition.incarnation < $1.partition.incarnation }) {
      try findMissing(life, isCut: begin > 0, source.topic, &auditor, &findings)
      try findUntaken(life, &auditor, &findings)
    }
    if foreign > 0 {
      findings.endToEnd.note([
        "what": "events of an earlier history, contradicted or lost since", "topic": .string(source.topic),
        "partition": .integer(Int64(number)), "events": .integer(foreign),
      ])
    }
  }

  private mutating func check(
    _ records: [TopicRecord], _ source: TopicSource, _ auditor: inout Auditor,
    _ findings: inout TopicFindings
  ) throws {
    var events: [(at: Int64, event: OutcomeEvent)] = []
    for record in records {
      do throws(OutcomeEventError) {
        events.append(
          (record.offset, try OutcomeEvent(key: record.key, value: record.value, headers: record.headers)))
      } catch {
        findings.published.add([
          "what": "no outcome event", "topic": .string(source.topic), "partition": .integer(Int64(number)),
          "event_at": .integer(record.offset), "found": .string("\(error.part) \(error.cause)"),
        ])
      }
    }
    let decided = try decisions(about: events.map(\.event), &auditor)
    for (at, event) in events {
      judge(event, decided[event.incarnation]?[event.origin.offset], at: at, source, &findings)
    }
  }

  /// What was decided about these events' offsets, by incarnation and offset.
  private func decisions(
    about events: [OutcomeEvent], _ auditor: inout Auditor
  ) throws -> [Int32: [Int64: AuditedOutcome]] {
    var decided: [Int32: [Int64: AuditedOutcome]] = [:]
    for (incarnation, same) in Dictionary(grouping: events, by: \.incarnation) {
      guard let life = lives[incarnation] else { continue }
      for range in Stretches.around(same.map(\.origin.offset)) {
        for outcome in try auditor.outcomes(of: life.partition, topic: topic, in: range) {
          decided[incarnation, default: [:]][outcome.offset] = outcome
        }
      }
    }
    return decided
  }

  private mutating func judge(
    _ event: OutcomeEvent, _ decided: AuditedOutcome?, at: Int64, _ source: TopicSource,
    _ findings: inout TopicFindings
  ) {
    let place: [(String, JSONValue)] = [
      ("topic", .string(source.topic)), ("partition", .integer(Int64(number))), ("event_at", .integer(at)),
      ("incarnation", .integer(Int64(event.incarnation))), ("offset", .integer(event.origin.offset)),
    ]
    let isOfThisDatabase = histories[event.history.number] == event.history.id
    let newest = histories.keys.max() ?? 0
    guard event.id == ownID(of: event) else {
      return findings.published.add(
        .object([("what", "wrong event"), ("field", .string(EventHeader.eventID.rawValue))] + place))
    }
    guard isOfThisDatabase, decided.map({ $0.history <= event.history.number }) ?? true else {
      foreign += 1
      return order.meet(rule(event, cover: nil))
    }
    guard let decided, let life = lives[event.incarnation] else {
      // What came after the snapshot may have been decided after it.
      let isNew = !source.isOlderThanSnapshot(at, of: number)
      if isNew, event.origin.offset >= lives[event.incarnation]?.partition.next ?? 0 { return }
      guard event.history.number == newest else {
        foreign += 1
        return order.meet(rule(event, cover: nil))
      }
      return findings.endToEnd.add(.object([("what", "an event of an offset that is not decided")] + place))
    }
    let differences = EventDifference.all(event, decided, topic: topic, partition: number)
    for difference in differences {
      findings.published.add(
        .object(
          [("what", "wrong event"), ("field", .string(difference.field))] + place + [
            ("found", .string(difference.found)), ("expected", .string(difference.expected)),
          ]))
    }
    // A header that is wrong about the order misleads the reader: then the tables say what the event accounts for.
    let first = decided.previous.map { $0 + 1 } ?? min(life.partition.start, decided.offset)
    let cover = first..<(decided.offset + 1)
    lives[event.incarnation]?.present.insert(cover)
    if life.firstSeen == nil { lives[event.incarnation]?.firstSeen = decided.offset }
    order.meet(rule(event, cover: cover))
  }

  private func ownID(of event: OutcomeEvent) -> UInt128 {
    EventID.bits(
      history: event.history.id, topic: event.origin.topic, incarnation: event.incarnation,
      partition: event.origin.partition, offset: event.origin.offset)
  }

  private func rule(_ event: OutcomeEvent, cover: Range<Int64>?) -> ReadersOrder.Event {
    ReadersOrder.Event(
      history: event.history.number, incarnation: event.incarnation, offset: event.origin.offset,
      previous: event.previousOffset, cover: cover)
  }

  /// Published offsets without an event; what a cut topic held before its first event is only counted.
  private func findMissing(
    _ life: Life, isCut: Bool, _ name: String, _ auditor: inout Auditor, _ findings: inout TopicFindings
  ) throws {
    let partition = life.partition
    guard partition.start < partition.published else { return }
    var unheld: Int64 = 0
    for hole in life.present.holes(in: partition.start..<partition.published) {
      let (count, first) = try auditor.count(of: partition, in: hole)
      if isCut, life.firstSeen.map({ hole.upperBound <= $0 }) ?? true {
        unheld += count
        continue
      }
      for (index, offset) in first.enumerated() {
        findings.published.add(
          partition.row("no event", offset: offset), count: index == 0 ? count - Int64(first.count) + 1 : 1)
      }
    }
    if unheld > 0 {
      findings.published.note([
        "what": "events that the topic no longer holds: not checked", "topic": .string(name),
        "incarnation": .integer(Int64(partition.incarnation)), "partition": .integer(Int64(number)),
        "offsets": .integer(unheld),
      ])
    }
  }

  /// Events that are there, and that a reader who follows the rule drops all the same.
  private func findUntaken(
    _ life: Life, _ auditor: inout Auditor, _ findings: inout TopicFindings
  ) throws {
    let partition = life.partition
    var reached = order.taken[partition.incarnation] ?? OffsetCover()
    for range in order.waiting[partition.incarnation]?.ranges ?? [] { reached.insert(range) }
    for range in life.present.ranges {
      for hole in reached.holes(in: range) {
        let (count, first) = try auditor.count(of: partition, in: hole)
        for (index, offset) in first.enumerated() {
          findings.endToEnd.add(
            partition.row("an event out of order: readers drop it", offset: offset),
            count: index == 0 ? count - Int64(first.count) + 1 : 1)
        }
      }
    }
  }
}

/// Ranges that hold some offsets and not much more.
enum Stretches {
  /// How far two offsets of one stretch may lie apart.
  private static let apart: Int64 = 256

  static func around(_ offsets: [Int64]) -> [Range<Int64>] {
    var stretches: [Range<Int64>] = []
    for offset in offsets.sorted() where offset >= 0 && offset < .max {
      if let last = stretches.last, offset - last.upperBound < apart {
        stretches[stretches.count - 1] = last.lowerBound..<max(last.upperBound, offset + 1)
      } else {
        stretches.append(offset..<(offset + 1))
      }
    }
    return stretches
  }
}
