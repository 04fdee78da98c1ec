import Ledger
import Teller

/// What a dead record's value asks for, whatever key it was sent under.
enum RequestReread: Equatable {
  /// A request: the record key that it asks for, and what it means.
  case request(key: [UInt8], fingerprint: Fingerprint)
  /// No request: it would die again, of this.
  case dead(DeadLetterCause)
}

/// Reads values as a worker would.
struct RequestRereader: ~Copyable {
  private var decoder: JSONTransferDecoder

  init(topic: String, allowUnknownFields: Bool) {
    decoder = JSONTransferDecoder(topic: topic, allowUnknownFields: allowUnknownFields)
  }

  /// Reads a record's value. The key that it asks for is proved by the worker's own decoder.
  mutating func read(key: [UInt8]?, value: [UInt8]?) -> RequestReread {
    guard let value else { return .dead(DeadLetterCause(.undecodable, "the value is null")) }
    guard value.count <= RequestLimits.valueBytesMax else {
      return .dead(
        DeadLetterCause(
          .tooLarge, "the value has \(value.count) bytes; the limit is \(RequestLimits.valueBytesMax)"))
    }
    let asked = RequestLine.key(of: value) ?? []
    switch decoder.decode(key: asked.span.bytes, value: value.span.bytes) {
    case .job(_, _, let fingerprint): return .request(key: asked, fingerprint: fingerprint)
    case .dead(let cause, _): return .dead(cause)
    }
  }
}
