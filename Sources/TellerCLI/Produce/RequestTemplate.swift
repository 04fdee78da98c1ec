/// Writes requests byte by byte: no formatter, no JSON library, one allocation each.
struct RequestTemplate: Sendable {
  private let prefix: [UInt8]
  private let escapedPrefix: [UInt8]
  private let currency: [UInt8]

  /// What one request says.
  struct Parts {
    /// The idempotency key's two halves, before version and variant are set.
    let high: UInt64
    let low: UInt64
    let debit: UInt64
    let credit: UInt64
    let amount: UInt64
  }

  init(prefix: String, currency: String) {
    self.prefix = Array(prefix.utf8)
    // The prefix has no control characters, so that these two are all that JSON asks to escape.
    escapedPrefix = prefix.utf8.flatMap { $0 == 0x22 || $0 == 0x5C ? [0x5C, $0] : [$0] }
    self.currency = Array(currency.utf8)
  }

  /// An account's id: the prefix and 8 digits.
  func id(_ account: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(prefix.count + AccountNames.digits)
    bytes += prefix
    Self.appendDigits(account, &bytes)
    return bytes
  }

  /// A well-formed request.
  func value(_ parts: Parts) -> [UInt8] {
    var bytes = opened(parts)
    Self.append(#","amount":"#, &bytes)
    Self.appendNumber(parts.amount, &bytes)
    appendCurrency(&bytes)
    bytes.append(UInt8(ascii: "}"))
    return bytes
  }

  /// A request that goes wrong in the given way.
  func poison(_ shape: PoisonShape, _ parts: Parts) -> GeneratedRequest {
    let kind = GeneratedRequest.Kind.poison(shape)
    let key = id(parts.debit)
    switch shape {
    case .emptyKey: return GeneratedRequest(key: [], value: value(parts), kind: kind)
    case .absentKey: return GeneratedRequest(key: nil, value: value(parts), kind: kind)
    case .nullValue: return GeneratedRequest(key: key, value: nil, kind: kind)
    case .largeKey:
      return GeneratedRequest(
        key: key + [UInt8](repeating: UInt8(ascii: "k"), count: 129), value: value(parts), kind: kind)
    default: return GeneratedRequest(key: key, value: poisonValue(shape, parts), kind: kind)
    }
  }

  private func poisonValue(_ shape: PoisonShape, _ parts: Parts) -> [UInt8] {
    switch shape {
    case .truncated: value(parts).dropLast(1 + Int(parts.low % 40))
    case .invalidUTF8: with(parts, #","reference":""#) + [0xFF, 0xC0, 0x22, 0x7D]
    case .deepNesting: [UInt8](repeating: UInt8(ascii: "["), count: 20_000)
    case .notAnObject: Array(#"["a","list"]"#.utf8)
    case .amountAsText: with(parts, #","amount":"12"}"#, hasAmount: false)
    case .amountWithFraction: with(parts, #","amount":1.0}"#, hasAmount: false)
    case .amountIsTruth: with(parts, #","amount":true}"#, hasAmount: false)
    case .amountNegative: with(parts, #","amount":-1}"#, hasAmount: false)
    case .amountHuge:
      with(parts, #","amount":"#, hasAmount: false) + [UInt8](repeating: UInt8(ascii: "9"), count: 300) + [
        0x7D
      ]
    case .missingField: with(parts, "}", hasAmount: false)
    case .unknownField: with(parts, #","amuont":1}"#)
    case .repeatedField: with(parts, #","amount":2}"#)
    case .lowerCaseCurrency: opened(parts) + Array(#","amount":1,"currency":"eur"}"#.utf8)
    case .largeValue:
      with(parts, #","reference":""#) + [UInt8](repeating: UInt8(ascii: "x"), count: 65_537) + [0x22, 0x7D]
    case .emptyKey, .absentKey, .nullValue, .largeKey: value(parts)
    }
  }

  /// A request without its closing brace, and then this text.
  private func with(_ parts: Parts, _ text: StaticString, hasAmount: Bool = true) -> [UInt8] {
    var bytes = opened(parts)
    if hasAmount { Self.append(#","amount":1"#, &bytes) }
    appendCurrency(&bytes)
    Self.append(text, &bytes)
    return bytes
  }

  private func opened(_ parts: Parts) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(184 + 2 * escapedPrefix.count)
    Self.append(#"{"idempotency_key":""#, &bytes)
    Self.appendUUID(parts.high, parts.low, &bytes)
    Self.append(#"","debit_account":""#, &bytes)
    bytes += escapedPrefix
    Self.appendDigits(parts.debit, &bytes)
    Self.append(#"","credit_account":""#, &bytes)
    bytes += escapedPrefix
    Self.appendDigits(parts.credit, &bytes)
    bytes.append(UInt8(ascii: "\""))
    return bytes
  }

  private func appendCurrency(_ bytes: inout [UInt8]) {
    Self.append(#","currency":""#, &bytes)
    bytes += currency
    bytes.append(UInt8(ascii: "\""))
  }

  private static func append(_ text: StaticString, _ bytes: inout [UInt8]) {
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  private static func appendDigits(_ number: UInt64, _ bytes: inout [UInt8]) {
    var divisor: UInt64 = 10_000_000
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
      divisor /= 10
    }
  }

  private static func appendNumber(_ number: UInt64, _ bytes: inout [UInt8]) {
    var divisor: UInt64 = 1
    while number / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
      divisor /= 10
    }
  }

  /// Hyphenated lower-case hex, as version 4, variant 1 (RFC 9562): random by form, though drawn from the
  /// seed.
  private static func appendUUID(_ high: UInt64, _ low: UInt64, _ bytes: inout [UInt8]) {
    let high = high & ~0xF000 | 0x4000
    let low = low & ~(3 << 62) | (2 << 62)
    appendHex(high >> 32, 8, &bytes)
    bytes.append(UInt8(ascii: "-"))
    appendHex(high >> 16, 4, &bytes)
    bytes.append(UInt8(ascii: "-"))
    appendHex(high, 4, &bytes)
    bytes.append(UInt8(ascii: "-"))
    appendHex(low >> 48, 4, &bytes)
    bytes.append(UInt8(ascii: "-"))
    appendHex(low, 12, &bytes)
  }

  /// The lowest `count` hexadecimal digits.
  private static func appendHex(_ number: UInt64, _ count: UInt64, _ bytes: inout [UInt8]) {
    var shift = count * 4
    while shift > 0 {
      shift -= 4
      let nibble = UInt8(truncatingIfNeeded: number >> shift) & 15
      bytes.append(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") - 10 + nibble)
    }
  }
}
