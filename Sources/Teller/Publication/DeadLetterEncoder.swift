import Digests

/// Writes dead letters as Published.md says: the record as it was, and behind its headers why it is dead. Pure.
struct DeadLetterEncoder: ~Copyable {
  private let topic: String
  private var digester = SHA256Digester()
  /// The dead letter that was encoded last.
  private(set) var draft = EventDraft()

  init(topic: String) { self.topic = topic }

  /// - Parameter asPointer: the broker does not take the record itself: its place in PostgreSQL is told.
  mutating func encode(
    _ record: DeadRecord, of batch: DecidedBatch, _ history: HistoryIdentity, asPointer: Bool
  ) {
    draft.removeAll()
    if !asPointer {
      for header in record.headers { draft.append(header) }
    }
    draft.append(.code) { $0.append(text: record.cause.code.rawValue) }
    draft.append(.reason) { $0.append(text: record.cause.reason) }
    draft.appendOrigin(topic: topic, partition: batch.partition, offset: record.offset)
    draft.append(.incarnation) { $0.append(decimal: batch.incarnation) }
    draft.append(history)
    var name = EventID.prefix(
      history: history.id, topic: topic, incarnation: batch.incarnation, partition: batch.partition)
    name.append(decimal: record.offset)
    let id = EventID.bits(name: name, digester: &digester)
    draft.append(.eventID) { $0.append(uuid: id) }
    let isKeyTaken = !asPointer || (record.key?.count ?? 0) <= OutcomeEventEncoder.keyBytesMax
    if let key = record.key, isKeyTaken { draft.appendKey(key) }
    if asPointer {
      draft.append(.pointer) { $0.append(text: "true") }
      let topic = topic
      draft.appendValue { Self.appendPointer(record, batch, topic, &$0) }
    } else if let value = record.value {
      draft.appendValue { $0.append(contentsOf: value) }
    }
  }

  private static func appendPointer(
    _ record: DeadRecord, _ batch: DecidedBatch, _ topic: String, _ text: inout [UInt8]
  ) {
    text.append(text: "{\"table\":\"teller.dead_letter\",\"topic\":")
    text.append(json: topic)
    let members: [(String, Int64?)] = [
      ("incarnation", Int64(batch.incarnation)), ("partition", Int64(batch.partition)),
      ("offset", record.offset), ("key_bytes", record.key.map { Int64($0.count) }),
      ("value_bytes", record.value.map { Int64($0.count) }),
    ]
    for (name, number) in members {
      text.append(text: ",\"\(name)\":")
      if let number { text.append(decimal: number) } else { text.append(text: "null") }
    }
    text.append(UInt8(ascii: "}"))
  }
}

extension EventDraft {
  /// Appends a record's own header as it was.
  fileprivate mutating func append(_ header: RecordHeader) {
    guard let value = header.value else {
      let start = bytes.count
      bytes.append(text: header.name)
      headers.append((name: start..<bytes.count, value: nil))
      return
    }
    append(header: header.name) { $0.append(contentsOf: value) }
  }
}
