public import Teller

/// A request in the bytes that a worker reads: checked against every limit of Ledger.docc/Request.md.
///
/// It is made once for one intended effect. Sending it again, in this process or from a table of a service, is the same
/// request under the same key, which is applied once however often it arrives.
public struct EncodedRequest: Equatable, Sendable {
  /// The record's key: the account that is debited or opened.
  public let key: [UInt8]
  /// The record's value.
  public let value: [UInt8]
  /// What the request is known by.
  public let idempotencyKey: IdempotencyKey

  /// Checks a request and writes it.
  ///
  /// - Parameters:
  ///   - idempotencyKey: a UUID, or a natural key of 1 to 64 bytes.
  ///   - topic: the input topic, which is part of a natural key's bits.
  /// - Throws: the first thing in it that a worker would refuse.
  public init(
    _ request: LedgerRequest, idempotencyKey: String, topic: String
  ) throws(RequestError) {
    guard let identity = IdempotencyKey(parsing: idempotencyKey, topic: topic) else {
      throw RequestError(.idempotencyKey)
    }
    var members = JSONMembers()
    switch request {
    case .transfer(let transfer):
      try RequestCheck.transfer(transfer)
      members.add("idempotency_key", text: idempotencyKey)
      members.add("debit_account", text: transfer.debitAccount)
      members.add("credit_account", text: transfer.creditAccount)
      members.add("amount", number: transfer.amount)
      members.add("currency", text: transfer.currency.code)
      if let reference = transfer.detail?.reference { members.add("reference", text: reference) }
      if let metadata = transfer.detail?.metadata { members.add("metadata", written: metadata) }
      if let requestedAt = transfer.detail?.requestedAt { members.add("requested_at", text: requestedAt) }
    case .openAccount(let opening):
      try RequestCheck.opening(opening)
      members.add("type", text: "open_account")
      members.add("idempotency_key", text: idempotencyKey)
      members.add("account", text: opening.account)
      members.add("currency", text: opening.currency.code)
      members.add("overdraft", number: opening.overdraft)
    }
    value = members.finish()
    guard value.count <= RequestLimits.valueBytesMax else { throw RequestError(.tooLarge) }
    key = Array(request.keyAccount.utf8)
    self.idempotencyKey = identity
  }

  /// A request that a service kept as bytes (an outbox), or that was written elsewhere.
  ///
  /// - Throws: what a worker would find wrong with it.
  public init(key: [UInt8], value: [UInt8], topic: String) throws(RequestError) {
    var decoder = JSONTransferDecoder(topic: topic)
    switch decoder.decode(key: key.span.bytes, value: value.span.bytes) {
    case .job(_, let identity, _):
      self.key = key
      self.value = value
      idempotencyKey = identity
    case .dead(let cause, _): throw RequestError(reason: cause.reason)
    }
  }
}

/// Writes one JSON object, member by member.
private struct JSONMembers {
  private var bytes: [UInt8] = []

  mutating func add(_ name: String, text: String) {
    begin(name)
    JSONText.append(text, to: &bytes)
  }

  mutating func add(_ name: String, number: Int64) {
    begin(name)
    bytes += Array(String(number).utf8)
  }

  mutating func add(_ name: String, written: String) {
    begin(name)
    bytes += Array(written.utf8)
  }

  mutating func finish() -> [UInt8] { bytes + [UInt8(ascii: "}")] }

  private mutating func begin(_ name: String) {
    bytes.append(UInt8(ascii: bytes.isEmpty ? "{" : ","))
    JSONText.append(name, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
  }
}
