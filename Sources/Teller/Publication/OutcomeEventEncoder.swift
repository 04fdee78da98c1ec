import Digests

/// Writes outcome events as Published.md says, into one draft that is used again and again. Pure.
struct OutcomeEventEncoder: ~Copyable {
  /// A longer key is not passed on: no valid request has one.
  static let keyBytesMax = 128

  private let topic: String
  private let noEffect: [UInt8]
  private var digester = SHA256Digester()
  /// The event's name, of which its id is a digest: what the batch has in common, then the offset.
  private var name: [UInt8] = []
  private var namePrefix = 0
  private var instant: [UInt8] = []
  private var constants = EventDraft()
  /// The event that was encoded last.
  private(set) var draft = EventDraft()

  init(topic: String, noEffect: String) {
    self.topic = topic
    self.noEffect = Array(noEffect.utf8)
  }

  /// What the events of a batch have in common is written once.
  mutating func begin(_ batch: DecidedBatch, _ history: HistoryIdentity) {
    name = EventID.prefix(
      history: history.id, topic: topic, incarnation: batch.incarnation, partition: batch.partition)
    namePrefix = name.count
    instant.removeAll(keepingCapacity: true)
    instant.append(instant: batch.decidedAt)
    constants.removeAll()
    constants.append(.originTopic) { $0.append(text: topic) }
    constants.append(.originPartition) { $0.append(decimal: batch.partition) }
    constants.append(.incarnation) { $0.append(decimal: batch.incarnation) }
    constants.append(.epoch) { $0.append(decimal: batch.epoch) }
    constants.append(history)
  }

  /// - Parameters:
  ///   - previous: the offset of the event before it, nil for the first of all.
  ///   - withRequest: false where the event would be larger than the topic takes.
  mutating func encode(
    _ entry: DecidedBatch.Entry, of batch: DecidedBatch, previous: Int64?, withRequest: Bool = true
  ) {
    draft.become(constants)
    draft.append(.outcome) { $0.append(text: entry.told.outcome) }
    if let code = entry.told.code { draft.append(.code) { $0.append(text: code) } }
    name.removeSubrange(namePrefix...)
    name.append(decimal: entry.offset)
    let id = EventID.bits(name: name, digester: &digester)
    draft.append(.eventID) { $0.append(uuid: id) }
    if let key = entry.key {
      draft.append(.idempotencyKey) { bytes in
        if let text = key.text { bytes.append(text: text) } else { bytes.append(uuid: key.bits) }
      }
    }
    draft.append(.originOffset) { $0.append(decimal: entry.offset) }
    if let previous { draft.append(.previousOffset) { $0.append(decimal: previous) } }
    let trace = entry.start + max(entry.keyLength, 0) + entry.requestLength + entry.effectLength
    if entry.traceLength >= 0 {
      draft.append(header: RecordHeader.traceParent) {
        $0.append(contentsOf: batch.bytes[trace..<(trace + entry.traceLength)])
      }
    }
    if entry.keyLength >= 0 {
      draft.appendKey(batch.bytes[entry.start..<(entry.start + entry.keyLength)])
    }
    let (instant, noEffect) = (instant, noEffect)
    draft.appendValue { Self.append(entry, batch, instant, noEffect, withRequest, to: &$0) }
  }

  private static func append(
    _ entry: DecidedBatch.Entry, _ batch: DecidedBatch, _ instant: [UInt8], _ noEffect: [UInt8],
    _ withRequest: Bool, to text: inout [UInt8]
  ) {
    text.append(text: "{\"outcome\":\"")
    text.append(text: entry.told.outcome)
    text.append(text: "\",\"code\":")
    append(code: entry.told.code, to: &text)
    text.append(text: ",\"decided_at\":\"")
    text.append(contentsOf: instant)
    text.append(text: "\",\"request\":")
    let request = entry.start + max(entry.keyLength, 0)
    let effect = request + entry.requestLength
    if withRequest, entry.requestLength > 0 {
      text.append(contentsOf: batch.bytes[request..<effect])
    } else {
      text.append(text: "null")
    }
    if entry.effectLength > 0 || !noEffect.isEmpty {
      text.append(UInt8(ascii: ","))
      if entry.effectLength > 0 {
        text.append(contentsOf: batch.bytes[effect..<(effect + entry.effectLength)])
      } else {
        text.append(contentsOf: noEffect)
      }
    }
    text.append(text: ",\"first\":")
    if let first = entry.told.first { append(first, to: &text) } else { text.append(text: "null") }
    text.append(UInt8(ascii: "}"))
  }

  private static func append(_ first: FirstDecision, to text: inout [UInt8]) {
    text.append(
      text: first.code == nil ? "{\"outcome\":\"applied\",\"code\":" : "{\"outcome\":\"rejected\",\"code\":")
    append(code: first.code, to: &text)
    text.append(text: ",\"incarnation\":")
    text.append(decimal: first.incarnation)
    text.append(text: ",\"partition\":")
    text.append(decimal: first.partition)
    text.append(text: ",\"offset\":")
    text.append(decimal: first.offset)
    text.append(UInt8(ascii: "}"))
  }

  private static func append(code: String?, to text: inout [UInt8]) {
    if let code { text.append(json: code) } else { text.append(text: "null") }
  }
}

extension EventDraft {
  /// Starts as a copy of another; memory is kept.
  mutating func become(_ other: EventDraft) {
    removeAll()
    bytes.append(contentsOf: other.bytes)
    headers.append(contentsOf: other.headers)
  }

  mutating func appendKey(_ key: some Collection<UInt8>) {
    let start = bytes.count
    bytes.append(contentsOf: key)
    self.key = start..<bytes.count
  }

  mutating func appendValue(_ fill: (inout [UInt8]) -> Void) {
    let start = bytes.count
    fill(&bytes)
    value = start..<bytes.count
  }
}
