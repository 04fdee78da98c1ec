internal import Digests
public import Teller

/// Requests as JSON (described in Ledger.docc/Request.md).
///
/// Two steps: `RequestScan` passes over the value once and notes where each field is; then `RequestReader`
/// reads them in a fixed order, so that a record's cause does not depend on the order of its fields. Allocates
/// nothing for a usual record but account ids of more than 15 bytes, and what OpenSSL 3.0 does for a digest.
public struct JSONTransferDecoder: TransferDecoding, ~Copyable {
  private let topic: String
  private let allowUnknownFields: Bool
  private var digester = SHA256Digester()

  /// A decoder for the records of one stream.
  /// - Parameters:
  ///   - topic: the topic's name, which is part of a natural key's bits.
  ///   - allowUnknownFields: whether fields that a request does not have are ignored instead of refused.
  public init(topic: String, allowUnknownFields: Bool = false) {
    self.topic = topic
    self.allowUnknownFields = allowUnknownFields
  }

  /// Decodes one record whose value is not null.
  public mutating func decode(key: RawSpan, value: RawSpan) -> Decoded<LedgerRequest> {
    guard value.byteCount <= RequestLimits.valueBytesMax else {
      return .dead(DeadLetterCause(.tooLarge, "the value is over 64 KiB"), key: nil)
    }
    guard key.byteCount <= RequestLimits.keyBytesMax else {
      return .dead(DeadLetterCause(.tooLarge, "the record's key is over 128 bytes"), key: nil)
    }
    var scan = RequestScan()
    do {
      try scan.run(value)
    } catch {
      return .dead(DeadLetterCause(.undecodable, error.sentence), key: nil)
    }
    let idempotencyKey = idempotencyKey(scan, value)
    do throws(RequestFlaw) {
      let request = try request(scan, value, hasKey: idempotencyKey != nil)
      guard let idempotencyKey else { throw .idempotencyKey }
      guard key.equals(request.keyAccount.utf8.span.bytes) else {
        let reason = "the record's key is not the account that is debited or opened"
        return .dead(DeadLetterCause(.misrouted, reason), key: idempotencyKey)
      }
      let fingerprint = Fingerprint(of: request, digester: &digester)
      return .job(request, key: idempotencyKey, fingerprint: fingerprint)
    } catch {
      return .dead(DeadLetterCause(.invalidRequest, error.sentence), key: idempotencyKey)
    }
  }

  /// The key, where the field is given once and valid: a dead record shows it, too.
  private mutating func idempotencyKey(_ scan: RequestScan, _ value: RawSpan) -> IdempotencyKey? {
    let token = scan[.idempotencyKey]
    guard token.kind == .string, scan.givenTwice & RequestField.idempotencyKey.bit == 0 else { return nil }
    let spelled = value.extracting(token.range)
    switch token.spelling {
    case .plain: return IdempotencyKey(parsing: spelled, topic: topic, digester: &digester)
    case .escaped:
      let text = JSONEscapes.resolve(spelled)
      return IdempotencyKey(parsing: text.span.bytes, topic: topic, digester: &digester)
    case .refused: return nil
    }
  }

  private func request(
    _ scan: RequestScan, _ value: RawSpan, hasKey: Bool
  ) throws(RequestFlaw) -> LedgerRequest {
    guard scan.isObject else { throw .notAnObject }
    guard !scan.hasRefusedText else { throw .refusedText }
    guard !scan.hasRepeatedName else { throw .repeatedName }
    let reader = RequestReader(scan: scan)
    let opens = try reader.isOpening(value)
    if !allowUnknownFields {
      let allowed = opens ? RequestField.ofOpening : RequestField.ofTransfer
      guard !scan.hasUnknownField, scan.given & ~allowed == 0 else { throw .unknownField }
    }
    guard scan[.idempotencyKey].kind != .absent else { throw .noIdempotencyKey }
    guard hasKey else { throw .idempotencyKey }
    return opens ? .openAccount(try reader.opening(value)) : .transfer(try reader.transfer(value))
  }
}
