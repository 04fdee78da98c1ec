import KafkaClient
import TellerIntegrationKit
import Testing

/// What is wrong with the topics, and how the audit must say so.
private struct Corruption: CustomTestStringConvertible, Sendable {
  let name: String
  let id: String
  let what: String
  var field: String?
  var count: Int64 = 1
  let change: @Sendable (inout AuditStage.Topics) -> Void
  var testDescription: String { name }

  /// Changes one event of the given outcome.
  static func event(
    _ name: String, field: String, of outcome: String = "applied", count: Int64 = 1,
    _ change: @escaping @Sendable (inout MadeEvent) -> Void
  ) -> Corruption {
    Corruption(name: name, id: "I7", what: "wrong event", field: field, count: count) { topics in
      for (partition, events) in topics.events {
        guard let place = events.dropFirst(10).firstIndex(where: { $0["teller-outcome"] == outcome }) else {
          continue
        }
        var event = events[place]
        change(&event)
        topics.events[partition]?[place] = event
        return
      }
    }
  }
}

private let corruptions: [Corruption] = [
  Corruption(name: "a missing event", id: "I7", what: "no event") { $0.events[0]?.remove(at: 20) },
  Corruption(name: "a missing first event", id: "I7", what: "no event") { $0.events[0]?.removeFirst() },
  Corruption(name: "a missing last event", id: "I7", what: "no event") { $0.events[2]?.removeLast() },
  Corruption(name: "no event at all but one", id: "I7", what: "no event", count: -1) {
    $0.events[1] = $0.events[1]?.suffix(1)
  },
  .event("a wrong code", field: "teller-code", of: "dead") { event in
    guard let code = event["teller-code"] else { return }
    event["teller-code"] = "refused_by_database"
    event.replace("\"\(code)\"", "\"refused_by_database\"")
  },
  .event("a wrong outcome", field: "teller-outcome") { event in
    event["teller-outcome"] = "duplicate"
    event.replace("{\"outcome\":\"applied\"", "{\"outcome\":\"duplicate\"")
  },
  .event("another first decision", field: "first", of: "duplicate") { event in
    event.replace(
      "\"first\":{\"outcome\":\"applied\",\"code\":null,",
      "\"first\":{\"outcome\":\"rejected\",\"code\":\"x\",")
  },
  .event("another key", field: "teller-idempotency-key") { $0["teller-idempotency-key"] = "another" },
  // Under another id it is not that event, which is missing then.
  .event("another id", field: "teller-event-id", count: 2) {
    $0["teller-event-id"] = "2f76b450-843c-843b-959b-784cd7aec7ea"
  },
  .event("another epoch", field: "teller-epoch") { $0["teller-epoch"] = "77" },
  .event("another time", field: "decided_at") { $0.replace("\"decided_at\":\"20", "\"decided_at\":\"19") },
  .event("another offset before it", field: "teller-previous-offset") { $0["teller-previous-offset"] = "0" },
  Corruption(name: "a value that is no event", id: "I7", what: "no outcome event", count: 2) {
    $0.events[1]?[5].value = Array("{}".utf8)
  },
  Corruption(
    name: "an event of an undecided offset", id: "I13", what: "an event of an offset that is not decided"
  ) {
    topics in
    guard let last = topics.events[1]?.last else { return }
    topics.events[1]?.append(last.moved(to: last.offset + 3))
  },
  Corruption(name: "a missing dead letter", id: "I7", what: "no dead letter") { $0.letters[0]?.removeLast() },
  Corruption(name: "another dead letter's value", id: "I7", what: "wrong dead letter") {
    $0.letters[0]?[0].value = Array("x".utf8)
  },
  Corruption(name: "another dead letter's code", id: "I7", what: "wrong dead letter") { topics in
    guard let place = topics.letters[0]?[0].headers.lastIndex(where: { $0.name == "teller-code" }) else {
      return
    }
    topics.letters[0]?[0].headers[place].value = "too_wrong"
  },
  Corruption(
    name: "a dead letter of what lives", id: "I7", what: "a dead letter of an offset that is not dead"
  ) {
    topics in
    guard let living = topics.events[0]?.first(where: { $0["teller-outcome"] == "applied" }) else { return }
    topics.letters[0]?.append(living)
  },
  Corruption(
    name: "events out of order, whose headers hide it", id: "I13",
    what: "an event out of order: readers drop it"
  ) { topics in
    topics.events[2]?.swapAt(30, 31)
    let before = topics.events[2]?[29].offset
    topics.events[2]?[30]["teller-previous-offset"] = before.map { "\($0)" }
  },
  Corruption(name: "a log that ends early", id: "I13", what: "decided, and the log ends before it") {
    $0.input[1]?.removeLast()
  },
]

extension `Worker processes` {
  @Suite struct `audited with their topics` {
    private static let stage = Result { try AuditStage() }

    @Test func `are right where everything is published`() throws {
      let report = try Self.stage.get().audit { _ in }
      #expect(report.ok, "\(report)")
      #expect(report["I7"]?.notes.isEmpty == true && report["I13"]?.notes.isEmpty == true, "\(report)")
    }

    /// What the worker wrote against what the test makes of tables and document, header by header.
    @Test func `are what the document says`() throws {
      let stage = try Self.stage.get()
      // The order of an event's headers means nothing; a dead letter's stand behind those of the record.
      let line = { (event: MadeEvent) in event.headers.map { "\($0.name)=\($0.value)" } }
      for (partition, events) in stage.made.events {
        let published = stage.topics.events[partition, default: []]
        #expect(published.map { line($0).sorted() } == events.map { line($0).sorted() })
      }
      for (partition, letters) in stage.made.letters {
        let published = stage.topics.letters[partition, default: []]
        #expect(published.map(line) == letters.map(line))
        #expect(published.map(\.value) == letters.map(\.value) && published.map(\.key) == letters.map(\.key))
      }
    }

    @Test(arguments: corruptions)
    fileprivate func `show what is wrong`(corruption: Corruption) throws {
      let report = try Self.stage.get().audit(corruption.change)
      let check = try #require(report[corruption.id])
      #expect(!report.ok)
      #expect(check.rows.contains { $0.what == corruption.what && $0.field == corruption.field }, "\(report)")
      if corruption.count > 0 { #expect(check.violations == corruption.count, "\(report)") }
    }

    /// A crash repeats what was published, a woken publisher sends old events late, a failed send comes again behind
    /// those that went through: readers put all of it right.
    @Test func `are right with repeats, late events and healed order`() throws {
      let report = try Self.stage.get().audit { topics in
        let told = topics
        topics.events[0]? += told.events[0]?[10...] ?? []
        topics.events[1]? += told.events[1]?[3..<9] ?? []
        topics.events[2]?.swapAt(30, 31)
        topics.letters[0]? += told.letters[0] ?? []
      }
      #expect(report.ok, "\(report)")
    }

    @Test func `are judged only as far as they are published`() throws {
      let stage = try Self.stage.get()
      let books = try stage.scenario.copied()
      try books.execute("update teller.cursor set published_offset = 50")
      var topics = stage.topics
      topics.events = topics.events.mapValues { $0.filter { $0.offset < 60 } }
      topics.letters = topics.letters.mapValues { $0.filter { $0.offset < 60 } }
      let report = try stage.audit(stage.publish(topics), database: books.url)
      #expect(report.ok, "\(report)")
    }

    @Test func `show a record without an outcome, and one that is called a gap`() throws {
      let stage = try Self.stage.get()
      let books = try stage.scenario.copied()
      try books.execute(
        """
        with gone as (delete from teller.dead_letter where (partition_id, "offset") in (
          select partition_id, "offset" from teller.dead_letter order by 2 limit 2) returning *)
        insert into teller.confirmed_gap (partition_id, first_offset, last_offset, cause)
        select partition_id, "offset", "offset", 'test' from gone order by "offset" limit 1
        """)
      let report = try stage.audit(stage.publish(stage.topics), database: books.url)
      let found = report["I13"]?.rows.map(\.what) ?? []
      #expect(found.contains("a record without an outcome"), "\(report)")
      #expect(found.contains("a record, and recorded as a gap"), "\(report)")
      #expect(found.contains("an event of an offset that is not decided"), "\(report)")
    }

    /// The database lost commits to a failover: what the first history told of them is contradicted, and no violation.
    @Test func `believe the higher history`() throws {
      let stage = try Self.stage.get()
      let books = try stage.scenario.copied()
      try books.execute(
        """
        insert into teller.history (system_identifier, timeline, reason) values (1, '00000002', 'test');
        update teller.batch set history = 2 where first_offset >= (
          select min(first_offset) from teller.batch where first_offset > 0)
        """)
      let now = try MadeEvents(of: stage.scenario, in: books)
      var topics = stage.topics
      for partition in 0..<stage.scenario.partitions {
        let newest = now.events[partition, default: []].filter {
          $0["teller-history"]?.hasPrefix("2:") == true
        }
        topics.events[partition]? += newest
        topics.letters[partition]? += now.letters[partition, default: []]
      }
      let isSplit = now.events.values.contains {
        $0.contains { $0["teller-history"]?.hasPrefix("2:") == true }
      }
      let report = try stage.audit(stage.publish(topics), database: books.url)
      #expect(report.ok, "\(report)")
      #expect(report["I13"]?.notes.contains { $0.events ?? 0 > 0 } == isSplit, "\(report)")
      // Without the newer events the older ones prove nothing.
      let stale = try stage.audit(stage.publish(stage.topics), database: books.url)
      #expect(stale["I7"]?.violations ?? 0 > 0 || !isSplit, "\(stale)")
    }

    /// What the topics no longer hold is said and not failed; what is missing behind it still is.
    @Test(.enabled(if: RealKafka.isExpected, "no Kafka here: set KAFKA_HOME"))
    func `are judged by what the topics still hold`() throws {
      let stage = try Self.stage.get()
      var topics = stage.topics
      topics.events[0]?.remove(at: 60)
      let broker = try stage.publish(topics, on: TestBroker(.real))
      let admin = try TopicAdmin(broker.configuration())
      defer { admin.close() }
      let name = stage.scenario.topic
      for topic in [name, name + "-outcomes"] {
        let before = (0..<stage.scenario.partitions).map { (partition: $0, offset: Int64(40)) }
        try admin.deleteRecords(topic, before: before)
      }
      let report = try stage.audit(broker)
      #expect(report["I7"]?.violations == 1, "\(report)")
      #expect(report["I7"]?.notes.map(\.offsets) == [40, 40, 40], "\(report)")
      #expect(report["I13"]?.violations == 0, "\(report)")
      #expect(report["I13"]?.notes.map(\.offsets) == [40, 40, 40], "\(report)")
    }
  }
}

extension MadeEvent {
  /// The same event as if of another offset.
  fileprivate func moved(to offset: Int64) -> MadeEvent {
    var moved = MadeEvent(
      partition: partition, offset: offset, key: key, headers: headers, value: value)
    moved["teller-origin-offset"] = "\(offset)"
    moved["teller-previous-offset"] = "\(self.offset)"
    moved["teller-event-id"] = MadeEvents.id(of: moved)
    return moved
  }
}
