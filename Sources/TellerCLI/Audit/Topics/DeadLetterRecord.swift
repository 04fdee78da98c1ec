import Digests
import Foundation
import Teller
import TellerKafka
import TellerPostgres

/// A record of the dead letters topic, as far as its own headers say where it comes from.
struct DeadLetterRecord {
  let record: TopicRecord
  let incarnation: Int32
  let offset: Int64
  let history: OutcomeEvent.History
  private let headers: [String: [UInt8]]

  /// Nil where a header is missing or unreadable that says where it comes from.
  init?(_ record: TopicRecord) {
    // The record's own headers stand before: of a name the last counts.
    let pairs = record.headers.compactMap { header in header.value.map { (header.name, $0) } }
    let headers = Dictionary(pairs, uniquingKeysWith: { $1 })
    let text = { (header: EventHeader) in headers[header.rawValue].map { String(decoding: $0, as: UTF8.self) }
    }
    guard let incarnation = text(.incarnation).flatMap({ Int32($0) }),
      let offset = text(.originOffset).flatMap({ Int64($0) }),
      let history = text(.history).flatMap({ OutcomeEvent.History($0) })
    else { return nil }
    self.record = record
    self.headers = headers
    self.incarnation = incarnation
    self.offset = offset
    self.history = history
  }

  private func text(_ header: EventHeader) -> String? {
    headers[header.rawValue].map { String(decoding: $0, as: UTF8.self) }
  }

  /// In what it is not the dead record of the tables.
  func differences(from death: AuditedDeath, topic: String, partition: Int32) -> [String] {
    let id = EventID.bits(
      history: history.id, topic: topic, incarnation: incarnation, partition: partition, offset: offset)
    let expected: [(EventHeader, String)] = [
      (.code, death.code), (.reason, death.reason), (.originTopic, topic), (.originPartition, "\(partition)"),
      (.eventID, IdempotencyKey(bits: id).uuidString),
    ]
    var wrong = expected.filter { text($0.0) != $0.1 }.map(\.0.rawValue)
    if history.number != death.history { wrong.append(EventHeader.history.rawValue) }
    let isPointer = text(.pointer) == "true"
    let isLongKey = death.keyBytes.map { $0 > 128 } ?? false
    let key = isPointer && isLongKey ? nil : death.keyDigest
    if Self.digest(record.key) != key { wrong.append("key") }
    let isRight =
      isPointer
      ? pointsAt(death, topic, partition) : Self.digest(record.value) == death.valueDigest
    if !isRight { wrong.append("value") }
    return wrong
  }

  private static func digest(_ bytes: [UInt8]?) -> [UInt8]? { bytes.map { SHA256.digest(of: $0).bytes } }

  private func pointsAt(_ death: AuditedDeath, _ topic: String, _ partition: Int32) -> Bool {
    struct Pointer: Decodable, Equatable {
      var table = "teller.dead_letter"
      let topic: String
      let incarnation: Int32
      let partition: Int32
      let offset: Int64
      let key_bytes: Int32?
      let value_bytes: Int32?
    }
    let found = try? JSONDecoder().decode(Pointer.self, from: Data(record.value ?? []))
    return found
      == Pointer(
        topic: topic, incarnation: incarnation, partition: partition, offset: offset,
        key_bytes: death.keyBytes, value_bytes: death.valueBytes)
  }
}
