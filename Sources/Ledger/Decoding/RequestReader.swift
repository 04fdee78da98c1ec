/// The second step of decoding: what the fields say, each by its own rule.
struct RequestReader {
  let scan: RequestScan

  /// Whether the type is `open_account`; a request without a type is a transfer.
  func isOpening(_ bytes: RawSpan) throws(RequestFlaw) -> Bool {
    guard scan[.type].kind != .absent else { return false }
    switch try text(.type, bytes, .type) {
    case "transfer": return false
    case "open_account": return true
    default: throw .type
    }
  }

  func transfer(_ bytes: RawSpan) throws(RequestFlaw) -> Transfer {
    let debit = try account(.debitAccount, bytes, absent: .noDebitAccount, invalid: .debitAccount)
    let credit = try account(.creditAccount, bytes, absent: .noCreditAccount, invalid: .creditAccount)
    let amount = try integer(.amount, bytes, absent: .noAmount, invalid: .amount)
    guard amount > 0 else { throw .amount }
    let currency = try currency(bytes)
    return Transfer(
      debitAccount: debit, creditAccount: credit, amount: amount, currency: currency,
      detail: try detail(bytes))
  }

  func opening(_ bytes: RawSpan) throws(RequestFlaw) -> AccountOpening {
    let account = try account(.account, bytes, absent: .noAccount, invalid: .account)
    let currency = try currency(bytes)
    let overdraft = try integer(.overdraft, bytes, absent: .noOverdraft, invalid: .overdraft)
    return AccountOpening(account: account, currency: currency, overdraft: overdraft)
  }

  /// The optional fields. `null` is what many serialisers write for a field that was not set, so it is none.
  private func detail(_ bytes: RawSpan) throws(RequestFlaw) -> TransferDetail? {
    let reference = try isGiven(.reference) ? reference(bytes) : nil
    let metadata = try isGiven(.metadata) ? metadata(bytes) : nil
    let requestedAt = try isGiven(.requestedAt) ? requestedAt(bytes) : nil
    guard reference != nil || metadata != nil || requestedAt != nil else { return nil }
    return TransferDetail(reference: reference, metadata: metadata, requestedAt: requestedAt)
  }

  private func isGiven(_ field: RequestField) -> Bool {
    scan[field].kind != .absent && scan[field].kind != .null
  }

  private func reference(_ bytes: RawSpan) throws(RequestFlaw) -> String {
    let reference = try text(.reference, bytes, .reference)
    guard reference.utf8.count <= RequestLimits.referenceBytesMax else { throw .reference }
    return reference
  }

  private func metadata(_ bytes: RawSpan) throws(RequestFlaw) -> String {
    let token = scan[.metadata]
    guard token.kind == .object else { throw .metadata }
    guard token.byteCount <= RequestLimits.metadataBytesMax else { throw .metadataTooLarge }
    guard scan.metadataDepth <= RequestLimits.metadataDepthMax else { throw .metadataTooDeep }
    return bytes.extracting(token.range).text()
  }

  private func requestedAt(_ bytes: RawSpan) throws(RequestFlaw) -> String {
    let text = try text(.requestedAt, bytes, .requestedAt)
    guard text.utf8.count <= RequestLimits.requestedAtBytesMax, InternetDate.isValid(Array(text.utf8)) else {
      throw .requestedAt
    }
    return text
  }

  private func account(
    _ field: RequestField, _ bytes: RawSpan, absent: RequestFlaw, invalid: RequestFlaw
  ) throws(RequestFlaw) -> String {
    let token = scan[field]
    guard token.kind == .string else { throw token.kind == .absent ? absent : invalid }
    let spelled = bytes.extracting(token.range)
    if token.spelling == .plain {
      guard AccountName.isValid(utf8: spelled) else { throw invalid }
      return spelled.text()
    }
    let name = JSONEscapes.resolve(spelled)
    guard AccountName.isValid(utf8: name.span.bytes) else { throw invalid }
    return name.span.bytes.text()
  }

  private func currency(_ bytes: RawSpan) throws(RequestFlaw) -> Currency {
    let token = scan[.currency]
    guard token.kind == .string else { throw token.kind == .absent ? .noCurrency : .currency }
    let spelled = bytes.extracting(token.range)
    let currency =
      token.spelling == .plain
      ? Currency(utf8: spelled) : Currency(utf8: JSONEscapes.resolve(spelled).span.bytes)
    guard let currency else { throw .currency }
    return currency
  }

  /// An integer of at least 0, written with digits alone: `1.0` and `1e3` are numbers, but say that the
  /// service calculates in floating point.
  private func integer(
    _ field: RequestField, _ bytes: RawSpan, absent: RequestFlaw, invalid: RequestFlaw
  ) throws(RequestFlaw) -> Int64 {
    let token = scan[field]
    guard token.kind == .number else { throw token.kind == .absent ? absent : invalid }
    var value: Int64 = 0
    for offset in token.range {
      let digit = bytes.byte(offset) &- UInt8(ascii: "0")
      guard digit < 10 else { throw invalid }
      let (tens, over) = value.multipliedReportingOverflow(by: 10)
      let (sum, beyond) = tens.addingReportingOverflow(Int64(digit))
      guard !over, !beyond else { throw invalid }
      value = sum
    }
    return value
  }

  private func text(
    _ field: RequestField, _ bytes: RawSpan, _ invalid: RequestFlaw
  ) throws(RequestFlaw) -> String {
    let token = scan[field]
    guard token.kind == .string, token.spelling != .refused else { throw invalid }
    let spelled = bytes.extracting(token.range)
    return token.spelling == .plain ? spelled.text() : JSONEscapes.resolve(spelled).span.bytes.text()
  }
}
