import Foundation
import Teller

/// Reads order events: `{"event_id":"o-1","sku":"TEA-1","warehouse":"north","quantity":-2}`, the record's key is the SKU.
struct StockDecoder {
  private struct Wire: Decodable {
    let eventID: String
    let sku: String
    let warehouse: String
    let quantity: Int64

    enum CodingKeys: String, CodingKey {
      case eventID = "event_id"
      case sku, warehouse, quantity
    }
  }

  let topic: String
  private let json = JSONDecoder()

  init(topic: String) { self.topic = topic }

  func decode(key: RawSpan, value: RawSpan) -> Decoded<StockMovement> {
    let wire: Wire
    do {
      wire = try json.decode(Wire.self, from: value.withUnsafeBytes { Data($0) })
    } catch {
      return .dead(Self.cause(of: error), key: nil)
    }
    guard let eventID = IdempotencyKey(parsing: wire.eventID, topic: topic) else {
      return .dead(DeadLetterCause(.invalidRequest, "event_id is not 1 to 64 bytes of text"), key: nil)
    }
    guard Self.isName(wire.sku), Self.isName(wire.warehouse),
      let quantity = Int32(exactly: wire.quantity), quantity != 0
    else {
      let reason = "sku and warehouse are 1 to 64 of A-Z a-z 0-9 -, and quantity is not 0 and has 32 bits"
      return .dead(DeadLetterCause(.invalidRequest, reason), key: eventID)
    }
    // One writer per article is worth nothing if its events come by other keys.
    guard key.withUnsafeBytes({ $0.elementsEqual(wire.sku.utf8) }) else {
      return .dead(DeadLetterCause(.misrouted, "the record's key is not the sku"), key: eventID)
    }
    let fingerprint = Fingerprint(version: 1, fields: [wire.sku, wire.warehouse, "\(quantity)"])
    let shelf = Shelf(sku: wire.sku, warehouse: wire.warehouse)
    return .job(StockMovement(shelf: shelf, quantity: quantity), key: eventID, fingerprint: fingerprint)
  }

  /// ASCII only: Swift takes two spellings of an accented letter for one text, PostgreSQL does not.
  private static func isName(_ text: String) -> Bool {
    1...64 ~= text.utf8.count
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }

  /// Not JSON at all, or JSON of another shape. Says nothing of the record's contents.
  private static func cause(of error: any Error) -> DeadLetterCause {
    switch error {
    case DecodingError.keyNotFound(let key, _):
      DeadLetterCause(.invalidRequest, "\(key.stringValue) is missing")
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      DeadLetterCause(.invalidRequest, "\(name(context)) is of another type")
    // JSONDecoder says the same of broken JSON and of a number beyond 64 bits.
    default: DeadLetterCause(.undecodable, "the value is not JSON, or has a number that no integer holds")
    }
  }

  private static func name(_ context: DecodingError.Context) -> String {
    context.codingPath.last?.stringValue ?? "the value"
  }
}
