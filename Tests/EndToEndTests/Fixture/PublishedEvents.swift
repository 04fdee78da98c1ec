import Dispatch
import Foundation
import KafkaClient

/// One event of the outcomes topic, as any reader finds it.
struct PublishedEvent {
  let partition: Int32
  let headers: [String: String]
  let key: [UInt8]?
  let value: String

  func number(_ name: String) -> Int64? { headers["teller-\(name)"].flatMap { Int64($0) } }

  /// What readers order by: the history's number, incarnation, offset.
  var rank: [Int64] {
    let history = headers["teller-history"]?.prefix { $0 != ":" }
    return [history.flatMap { Int64($0) } ?? -1, number("incarnation") ?? -1, number("origin-offset") ?? -1]
  }
}

/// The outcomes topic of a scenario, read by the test itself under the rule for readers, and nothing but that rule.
struct PublishedEvents {
  /// In the order of each partition, every repeat included.
  private(set) var all: [Int32: [PublishedEvent]] = [:]
  /// What a reader that follows the rule sees.
  private(set) var seen: [Int32: [PublishedEvent]] = [:]
  /// Where even under the rule something is missing or out of order.
  private(set) var flaws: [String] = []

  /// - Parameter isWhole: false: the topic is another than the one that the first events went to.
  init(of scenario: Scenario, isWhole: Bool = true) throws {
    let events = try Self.read("\(scenario.topic)-outcomes", scenario)
    for (partition, list) in events {
      all[partition] = list
      follow(list, partition, isWhole: isWhole)
    }
  }

  /// Repeats and late events are dropped by their rank; one before which another is missing waits.
  private mutating func follow(_ list: [PublishedEvent], _ partition: Int32, isWhole: Bool) {
    var last: PublishedEvent?
    var taken: [PublishedEvent] = []
    if !isWhole, let first = list.first { (last, taken) = (first, [first]) }
    var waiting: [PublishedEvent] = []
    for event in list {
      waiting.append(event)
      while let index = waiting.firstIndex(where: { Self.follows($0, last) }) {
        let next = waiting.remove(at: index)
        last = next
        taken.append(next)
      }
    }
    waiting.removeAll { event in last.map { !$0.rank.lexicographicallyPrecedes(event.rank) } ?? false }
    for event in waiting.prefix(3) {
      flaws.append(
        "event \(partition)@\(event.rank) waits for \(event.number("previous-offset") ?? -1), which never came"
      )
    }
    seen[partition] = taken
  }

  /// Whether an event is the next one after `last`.
  private static func follows(_ event: PublishedEvent, _ last: PublishedEvent?) -> Bool {
    guard let last else { return event.number("previous-offset") == nil }
    guard last.rank.lexicographicallyPrecedes(event.rank) else { return false }
    guard let previous = event.number("previous-offset") else { return true }
    return event.number("incarnation") != last.number("incarnation") || previous <= last.rank[2]
  }

  /// Events that came after one of a higher epoch in the same partition: told by a publisher that had a successor.
  var late: Int {
    all.values.reduce(0) { sum, events in
      var highest: Int64 = 0
      return sum
        + events.count { event in
          defer { highest = max(highest, event.number("epoch") ?? 0) }
          return event.number("epoch") ?? 0 < highest
        }
    }
  }

  /// Compares what a reader sees with what the tables say.
  ///
  /// - Parameter mayContradict: the database lost commits that were told already: what is told last stands.
  func findings(
    against outcomes: Outcomes, deadLetters: Set<Place>, mayContradict: Bool = false
  ) -> [String] {
    var findings = flaws
    var told: [Place: PublishedEvent] = [:]
    for (partition, events) in seen {
      for event in events {
        let place = Place(partition: partition, offset: event.number("origin-offset") ?? -1)
        if told.updateValue(event, forKey: place) != nil, !mayContradict {
          findings.append("\(place) is told twice")
        }
      }
    }
    for (place, row) in outcomes.rows {
      guard let event = told[place] else {
        findings.append("\(place) is decided and never told")
        continue
      }
      if event.headers["teller-outcome"] != row.outcome || event.headers["teller-code"] != row.code {
        findings.append("\(place) is \(row.outcome) \(row.code ?? "") and told as \(event.headers)")
      }
      if event.number("epoch") != row.epoch { findings.append("\(place) is told under another epoch") }
      if row.outcome == "dead", !deadLetters.contains(place) {
        findings.append("\(place) has no dead letter")
      }
    }
    findings += told.keys.filter { outcomes.rows[$0] == nil }.map { "\($0) is told and not decided" }
    return findings
  }

  /// What a reader sees of a partition, in its order, as `incarnation@offset outcome`.
  func story(of partition: Int32) -> [String] {
    (seen[partition] ?? []).map {
      "\($0.rank[1])@\($0.rank[2]) \($0.headers["teller-outcome"] ?? "")"
    }
  }

  /// The same as the tables tell it.
  static func story(of partition: Int32, _ scenario: Scenario) throws -> [String] {
    try scenario.books.texts(
      """
      select incarnation || '@' || "offset" || ' ' || outcome from teller.outcome
       where topic = '\(scenario.topic)' and partition = \(partition) order by incarnation, "offset"
      """)
  }

  /// Where the dead letters of a scenario's topic come from.
  static func deadLetters(of scenario: Scenario) throws -> Set<Place> {
    Set(
      try letters(of: scenario).map {
        Place(partition: $0.partition, offset: $0.number("origin-offset") ?? -1)
      })
  }

  /// The dead letters of a scenario's topic, repeats left out.
  static func letters(of scenario: Scenario) throws -> [PublishedEvent] {
    var known: Set<String> = []
    return try read("\(scenario.topic)-dead-letters", scenario).values.flatMap { $0 }
      .filter { known.insert($0.headers["teller-event-id"] ?? "").inserted }
  }

  private static func read(_ topic: String, _ scenario: Scenario) throws -> [Int32: [PublishedEvent]] {
    let reader = try Consumer(scenario.broker.configuration(["fetch.wait.max.ms": "10"]))
    defer { _ = reader.close(within: .seconds(10)) }
    let queues = try (0..<scenario.partitions).map { try reader.partitionQueue(topic: topic, partition: $0) }
    try reader.assign(queues.map { (partition: $0.partition, offset: 0) }, topic: topic)
    var events: [Int32: [PublishedEvent]] = [:]
    var ended: Set<Int32> = []
    try Observation.wait(for: "the end of \(topic)", within: .seconds(60), every: .milliseconds(5)) {
      while reader.poll(timeout: .zero) != nil {}
      for queue in queues {
        pop: while true {
          switch queue.pop({ events[$0.partition, default: []].append(PublishedEvent($0)) }) {
          case .record: continue
          case .end: ended.insert(queue.partition)
          case .error(let error): throw error
          case .empty: break pop
          }
        }
      }
      return ended.count == queues.count
    }
    return events
  }
}

extension PublishedEvent {
  fileprivate init(_ record: borrowing Record) {
    var key: [UInt8] = []
    record.appendKey(to: &key)
    var value: [UInt8] = []
    record.appendValue(to: &value)
    partition = record.partition
    self.key = record.keyIsNull ? nil : key
    self.value = String(decoding: value, as: UTF8.self)
    headers = Dictionary(
      record.headers().map { ($0.name, String(decoding: $0.value ?? [], as: UTF8.self)) }
    ) { $1 }
  }
}
