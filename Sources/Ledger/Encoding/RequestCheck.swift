/// The limits of a request, checked where it is made: the same ones in the same order as where it is read.
enum RequestCheck {
  static func transfer(_ transfer: Transfer) throws(RequestError) {
    guard AccountName.isValid(transfer.debitAccount) else { throw RequestError(.debitAccount) }
    guard AccountName.isValid(transfer.creditAccount) else { throw RequestError(.creditAccount) }
    guard transfer.amount > 0 else { throw RequestError(.amount) }
    guard let detail = transfer.detail else { return }
    if let reference = detail.reference {
      guard reference.utf8.count <= RequestLimits.referenceBytesMax, !reference.utf8.contains(0) else {
        throw RequestError(.reference)
      }
    }
    if let metadata = detail.metadata { try check(metadata: metadata) }
    if let requestedAt = detail.requestedAt {
      guard requestedAt.utf8.count <= RequestLimits.requestedAtBytesMax,
        InternetDate.isValid(Array(requestedAt.utf8))
      else { throw RequestError(.requestedAt) }
    }
  }

  static func opening(_ opening: AccountOpening) throws(RequestError) {
    guard AccountName.isValid(opening.account) else { throw RequestError(.account) }
    guard opening.overdraft >= 0 else { throw RequestError(.overdraft) }
  }

  /// Metadata are written by the caller, as JSON: one object, with white space around it at most.
  private static func check(metadata: String) throws(RequestError) {
    let bytes = Array(metadata.utf8)
    guard bytes.count <= RequestLimits.metadataBytesMax else { throw RequestError(.metadataTooLarge) }
    guard let scan = scanned(bytes.span.bytes) else { throw RequestError(.metadata) }
    guard !scan.refusedText, !scan.repeatedName else { throw RequestError(.metadataText) }
    guard scan.depth <= RequestLimits.metadataDepthMax else { throw RequestError(.metadataTooDeep) }
  }

  private static func scanned(_ bytes: RawSpan) -> JSONScanner? {
    var scanner = JSONScanner()
    guard let value = try? scanner.value(bytes), value.kind == .object else { return nil }
    scanner.skipWhitespace(bytes)
    return scanner.position == bytes.byteCount ? scanner : nil
  }
}
