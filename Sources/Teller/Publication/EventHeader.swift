/// The names of the headers that Teller writes (see Published.md). Outside programs are written against them.
public enum EventHeader: String, CaseIterable, Sendable {
  /// `applied`, `rejected`, `duplicate` or `dead`.
  case outcome = "teller-outcome"
  /// The code of a rejection or the cause of a death.
  case code = "teller-code"
  /// The event's name-based UUID.
  case eventID = "teller-event-id"
  /// The idempotency key as it was sent; a UUID in lower case.
  case idempotencyKey = "teller-idempotency-key"
  /// The input topic.
  case originTopic = "teller-origin-topic"
  /// The partition of the record.
  case originPartition = "teller-origin-partition"
  /// The record's offset.
  case originOffset = "teller-origin-offset"
  /// The offset of the event before it.
  case previousOffset = "teller-previous-offset"
  /// Which life of the topic.
  case incarnation = "teller-incarnation"
  /// The epoch that decided.
  case epoch = "teller-epoch"
  /// `<number>:<uuid>` of the history that decided.
  case history = "teller-history"
  /// Why a record is dead, in words.
  case reason = "teller-reason"
  /// The dead letter stands in PostgreSQL only.
  case pointer = "teller-pointer"
}

/// Which history decided: its number orders, its random id tells two databases apart that count alike.
public struct HistoryIdentity: Equatable, Sendable {
  /// Counts from 1.
  public let number: Int32
  /// Its random UUID's bits.
  public let id: UInt128

  /// A history from its parts.
  public init(number: Int32, id: UInt128) {
    self.number = number
    self.id = id
  }
}

extension EventDraft {
  /// Appends a header whose value is appended by `fill`.
  mutating func append(header name: String, _ fill: (inout [UInt8]) -> Void) {
    let start = bytes.count
    bytes.append(text: name)
    let value = bytes.count
    fill(&bytes)
    headers.append((name: start..<value, value: value..<bytes.count))
  }

  mutating func append(_ header: EventHeader, _ fill: (inout [UInt8]) -> Void) {
    append(header: header.rawValue, fill)
  }

  /// What event and dead letter have in common: where the record stands.
  mutating func appendOrigin(topic: String, partition: Int32, offset: Int64) {
    append(.originTopic) { $0.append(text: topic) }
    append(.originPartition) { $0.append(decimal: partition) }
    append(.originOffset) { $0.append(decimal: offset) }
  }

  mutating func append(_ history: HistoryIdentity) {
    append(.history) { bytes in
      bytes.append(decimal: history.number)
      bytes.append(UInt8(ascii: ":"))
      bytes.append(uuid: history.id)
    }
  }
}
