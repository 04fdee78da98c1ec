/// Why a request was not made: a worker would make a dead letter of it.
///
/// Its texts hold nothing of the request but names of fields.
public struct RequestError: Error, Equatable, Sendable {
  /// What is wrong, for programs.
  public enum Code: String, CaseIterable, Sendable {
    /// It is neither a UUID nor a text of 1 to 64 bytes without U+0000.
    case idempotencyKey = "idempotency_key"
    /// The account that is debited.
    case debitAccount = "debit_account"
    /// The account that is paid.
    case creditAccount = "credit_account"
    /// The account that is opened.
    case account
    /// Below 1.
    case amount
    /// Below 0.
    case overdraft
    /// Over 256 bytes, or with U+0000.
    case reference
    /// No JSON object.
    case metadata
    /// Over 4 KiB.
    case metadataTooLarge = "metadata_too_large"
    /// Nested deeper than 32 levels.
    case metadataTooDeep = "metadata_too_deep"
    /// A name twice in one object, U+0000, or half a surrogate pair.
    case metadataText = "metadata_text"
    /// No RFC 3339 date and time.
    case requestedAt = "requested_at"
    /// Over 64 KiB.
    case tooLarge = "too_large"
    /// Bytes made elsewhere are no request.
    case notARequest = "not_a_request"
  }

  /// What is wrong.
  public let code: Code
  /// The same in words.
  public let cause: String
  /// What to do.
  public let hint: String

  init(_ code: Code) {
    self.code = code
    cause = Self.cause(code)
    hint = "nothing was sent: mend the request, and keep its idempotency key"
  }

  init(reason: String) {
    code = .notARequest
    cause = reason
    hint = "nothing was sent: mend the request, and keep its idempotency key"
  }

  private static func cause(_ code: Code) -> String {
    switch code {
    case .idempotencyKey: "the idempotency key must be a UUID or a text of 1 to 64 bytes without U+0000"
    case .debitAccount: RequestFlaw.debitAccount.sentence
    case .creditAccount: RequestFlaw.creditAccount.sentence
    case .account: RequestFlaw.account.sentence
    case .amount: RequestFlaw.amount.sentence
    case .overdraft: RequestFlaw.overdraft.sentence
    case .reference: "field `reference` must be a text of at most 256 bytes without U+0000"
    case .metadata: "field `metadata` must be one JSON object"
    case .metadataTooLarge: RequestFlaw.metadataTooLarge.sentence
    case .metadataTooDeep: RequestFlaw.metadataTooDeep.sentence
    case .metadataText: "field `metadata` must name each member once, without U+0000 and halves of pairs"
    case .requestedAt: RequestFlaw.requestedAt.sentence
    case .tooLarge: "the request is over 64 KiB"
    case .notARequest: "the bytes are no request"
    }
  }
}

extension RequestError: CustomStringConvertible {
  /// What is wrong and what to do, in one line.
  public var description: String { "\(cause) (\(hint))" }
}
