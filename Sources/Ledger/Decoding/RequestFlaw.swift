/// What keeps a JSON text from being a request, in the order in which it is said. The sentences contain
/// nothing of the record.
enum RequestFlaw: Error, CaseIterable {
  case notAnObject, refusedText, repeatedName, type, unknownField
  case noIdempotencyKey, idempotencyKey
  case noDebitAccount, debitAccount, noCreditAccount, creditAccount, noAccount, account
  case noAmount, amount, noCurrency, currency, noOverdraft, overdraft
  case reference, metadata, metadataTooLarge, metadataTooDeep, requestedAt

  var sentence: String {
    switch self {
    case .notAnObject: "the value must be a JSON object"
    case .refusedText: "no text may contain U+0000 or half of a surrogate pair"
    case .repeatedName: "a field is given twice"
    case .type: "field `type` must be `transfer` or `open_account`"
    case .unknownField: "there is a field that a request of this type does not have"
    case .noIdempotencyKey: "field `idempotency_key` is missing"
    case .idempotencyKey: "field `idempotency_key` must be a UUID or a text of 1 to 64 bytes"
    case .noDebitAccount: "field `debit_account` is missing"
    case .debitAccount: "field `debit_account` must be a text of 1 to 128 bytes without control characters"
    case .noCreditAccount: "field `credit_account` is missing"
    case .creditAccount: "field `credit_account` must be a text of 1 to 128 bytes without control characters"
    case .noAccount: "field `account` is missing"
    case .account: "field `account` must be a text of 1 to 128 bytes without control characters"
    case .noAmount: "field `amount` is missing"
    case .amount: "field `amount` must be a positive integer in minor units that fits 64 bits"
    case .noCurrency: "field `currency` is missing"
    case .currency: "field `currency` must be a text of 3 to 8 capital letters"
    case .noOverdraft: "field `overdraft` is missing"
    case .overdraft: "field `overdraft` must be an integer of at least 0 that fits 64 bits"
    case .reference: "field `reference` must be a text of at most 256 bytes"
    case .metadata: "field `metadata` must be an object"
    case .metadataTooLarge: "field `metadata` must be at most 4096 bytes"
    case .metadataTooDeep: "field `metadata` must not nest deeper than 32 levels"
    case .requestedAt: "field `requested_at` must be an RFC 3339 date and time"
    }
  }
}
