import CommandTable

/// The limits that the request's format sets on ids and currencies, checked before anything is sent.
enum AccountNames {
  /// Digits after the prefix of a numbered id.
  static let digits = 8

  static func checked(_ id: String, _ option: String) throws(UsageError) -> String {
    guard (1...128).contains(id.utf8.count), !id.unicodeScalars.contains(where: isControl) else {
      throw UsageError(
        .invalidValue, what: "\(option) is no account id",
        why: "an id has 1 to 128 bytes and no control characters",
        hint: "give another id")
    }
    return id
  }

  static func prefix(_ invocation: Invocation) throws(UsageError) -> String {
    let prefix = try invocation.requiredString("--prefix")
    guard prefix.utf8.count + digits <= 128, !prefix.unicodeScalars.contains(where: isControl) else {
      throw UsageError(
        .invalidValue, what: "--prefix cannot begin an account id",
        why: "an id has at most 128 bytes, \(digits) of them its digits, and no control characters",
        hint: "give a shorter prefix")
    }
    return prefix
  }

  static func currency(_ invocation: Invocation) throws(UsageError) -> String {
    let currency = try invocation.requiredString("--currency")
    guard (3...8).contains(currency.utf8.count), currency.utf8.allSatisfy({ (65...90).contains($0) }) else {
      throw UsageError(
        .invalidValue, what: "--currency is no currency", why: "it has 3 to 8 capital letters from A to Z",
        hint: "give one such as EUR")
    }
    return currency
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
  }
}
