/// One record to send, and what it is meant to show.
struct GeneratedRequest: Equatable, Sendable {
  /// The record's key; nil for none.
  let key: [UInt8]?
  /// The record's value; nil for a null one.
  let value: [UInt8]?
  /// What it is.
  let kind: Kind

  /// The kinds of record.
  enum Kind: Hashable, Sendable {
    /// A well-formed transfer, sent for the first time.
    case transfer
    /// The bytes of the transfer just before, again.
    case nearDuplicate
    /// The bytes of any earlier transfer, again.
    case farDuplicate
    /// A well-formed transfer, never sent rightly, for a partition that its key does not hash to.
    case misrouted
    /// A record that can only become a dead letter.
    case poison(PoisonShape)

    /// Whether the same bytes were sent before.
    var isDuplicate: Bool { self == .nearDuplicate || self == .farDuplicate }
  }

  /// Whether the sender must choose a partition other than the one the key hashes to.
  var isMisrouted: Bool { kind == .misrouted }
}

/// The ways in which a record cannot be decided.
enum PoisonShape: String, CaseIterable, Hashable, Sendable {
  case emptyKey, absentKey, nullValue, truncated, invalidUTF8, deepNesting, notAnObject
  case amountAsText, amountWithFraction, amountIsTruth, amountNegative, amountHuge
  case missingField, unknownField, repeatedField, lowerCaseCurrency
  case largeValue, largeKey

  /// The two that cost much to send; made now and then.
  static let large: [PoisonShape] = [.largeValue, .largeKey]
  /// All the others.
  static let small = allCases.filter { !large.contains($0) }

  /// The dead letter's code that the request's rules give it.
  var code: String {
    switch self {
    case .emptyKey, .absentKey: "misrouted"
    case .nullValue, .truncated, .invalidUTF8, .deepNesting: "undecodable"
    case .largeValue, .largeKey: "too_large"
    default: "invalid_request"
    }
  }
}
