import PostgresClient
import Teller
import TellerKafka

/// A record of an output topic: as a worker published it, or made by the test from the tables and the words of
/// Published.md alone.
struct MadeEvent {
  let partition: Int32
  let offset: Int64
  var key: [UInt8]?
  var headers: [(name: String, value: String)]
  var value: [UInt8]?

  subscript(name: String) -> String? {
    get { headers.first { $0.name == name }?.value }
    set {
      let place = headers.firstIndex { $0.name == name }
      guard let newValue else { return headers.removeAll { $0.name == name } }
      if let place { headers[place].value = newValue } else { headers.append((name, newValue)) }
    }
  }

  /// Replaces text in the value.
  mutating func replace(_ old: String, _ new: String) {
    value = Array(String(decoding: value ?? [], as: UTF8.self).replacing(old, with: new).utf8)
  }
}

extension MadeEvent {
  /// What stands in an output topic, by partition.
  static func published(_ topic: OutputTopic, of scenario: Scenario) throws -> [Int32: [MadeEvent]] {
    let reading = try TopicReading(
      configuration: scenario.broker.configuration(), topic: topic.name(beside: scenario.topic))
    defer { reading.close(within: .seconds(5)) }
    var found: [Int32: [MadeEvent]] = [:]
    for (partition, range) in try reading.bounds().enumerated() where !range.isEmpty {
      let records = try reading.records(
        in: range, of: Int32(partition), bytesMax: .max, countMax: .max
      ).records
      found[Int32(partition)] = records.map { MadeEvent($0, partition: Int32(partition)) }
    }
    return found
  }

  private init(_ record: TopicRecord, partition: Int32) {
    let headers = record.headers.map {
      (name: $0.name, value: String(decoding: $0.value ?? [], as: UTF8.self))
    }
    let offset = headers.last { $0.name == "teller-origin-offset" }.flatMap { Int64($0.value) }
    self.init(
      partition: partition, offset: offset ?? -1, key: record.key, headers: headers, value: record.value)
  }
}

/// The events and dead letters of everything that a scenario decided, by partition and in order.
struct MadeEvents {
  private(set) var events: [Int32: [MadeEvent]] = [:]
  private(set) var letters: [Int32: [MadeEvent]] = [:]

  init(of scenario: Scenario, in books: Books) throws {
    let rows = try books.rows(
      """
      select o.partition, o."offset", o.outcome, o.code, o.key_text, o.idempotency_key, o.epoch, h.id,
             h.random_id, l.reason, l.record_key, l.record_value,
             json_build_object('outcome', o.outcome, 'code', o.code, 'decided_at',
               to_char(o.decided_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'request', null,
               'balances', null, 'first', case when o.first_offset is not null then json_build_object(
                 'outcome', o.first_outcome, 'code', o.first_code, 'incarnation', o.first_incarnation,
                 'partition', o.first_partition, 'offset', o.first_offset) end)::text
        from teller.outcome o
        join teller.partition p on p.partition = o.partition
        join teller.batch b on b.partition_id = p.id and o."offset" >= b.first_offset and o."offset" < b.next_offset
        join teller.history h on h.id = b.history
        left join teller.dead_letter l on l.partition_id = p.id and l."offset" = o."offset"
       order by 1, 2
      """)
    for row in 0..<rows.count {
      let partition = try rows.int4(row, 0)
      let event = try Self.event(rows, row, topic: scenario.topic, previous: events[partition]?.last?.offset)
      events[partition, default: []].append(event)
      if event["teller-outcome"] == "dead" {
        letters[partition, default: []].append(try Self.letter(rows, row, event))
      }
    }
  }

  private static func event(_ rows: Rows, _ row: Int, topic: String, previous: Int64?) throws -> MadeEvent {
    let (partition, offset) = (try rows.int4(row, 0), try rows.int8(row, 1))
    let history = try rows.uuid(row, 8)
    let id = EventID.bits(
      history: history, topic: topic, incarnation: 1, partition: partition, offset: offset)
    var event = MadeEvent(
      partition: partition, offset: offset, key: nil, headers: [("teller-outcome", try rows.text(row, 2))],
      value: Array(try rows.text(row, 12).utf8))
    event["teller-code"] = try rows.optional(row, 3, rows.text)
    event["teller-event-id"] = IdempotencyKey(bits: id).uuidString
    event["teller-idempotency-key"] =
      try rows.optional(row, 4, rows.text)
      ?? rows.optional(row, 5, rows.uuid).map { IdempotencyKey(bits: $0).uuidString }
    event["teller-origin-topic"] = topic
    event["teller-origin-partition"] = "\(partition)"
    event["teller-origin-offset"] = "\(offset)"
    event["teller-previous-offset"] = previous.map { "\($0)" }
    event["teller-incarnation"] = "1"
    event["teller-epoch"] = "\(try rows.int8(row, 6))"
    event["teller-history"] = "\(try rows.int4(row, 7)):\(IdempotencyKey(bits: history).uuidString)"
    return event
  }

  /// The id that an event's own headers ask for.
  static func id(of event: MadeEvent) -> String? {
    guard let history = event["teller-history"]?.split(separator: ":").last,
      let bits = IdempotencyKey(parsing: String(history), topic: "")?.bits,
      let topic = event["teller-origin-topic"]
    else { return nil }
    let id = EventID.bits(
      history: bits, topic: topic, incarnation: 1, partition: event.partition, offset: event.offset)
    return IdempotencyKey(bits: id).uuidString
  }

  private static func letter(_ rows: Rows, _ row: Int, _ event: MadeEvent) throws -> MadeEvent {
    var letter = MadeEvent(
      partition: event.partition, offset: event.offset, key: try rows.optional(row, 10, rows.bytes),
      headers: [],
      value: try rows.optional(row, 11, rows.bytes))
    for name in [
      "teller-code", "teller-reason", "teller-origin-topic", "teller-origin-partition",
      "teller-origin-offset",
      "teller-incarnation", "teller-history", "teller-event-id",
    ] {
      letter.headers.append((name, try event[name] ?? rows.text(row, 9)))
    }
    return letter
  }
}
