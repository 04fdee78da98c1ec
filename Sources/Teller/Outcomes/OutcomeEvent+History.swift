extension OutcomeEvent {
  /// A stretch of the database's life without a lost commit: a failover that loses some, or a restore, begins the next.
  public struct History: Hashable, Sendable {
    /// Counts up; of two decisions about one offset that of the higher history holds.
    public let number: Int32
    /// Tells histories of one number apart: two databases that know nothing of each other.
    public let id: UInt128

    /// A history from its parts.
    public init(number: Int32, id: UInt128) {
      self.number = number
      self.id = id
    }

    /// Reads `<number>:<uuid>`; nil for anything else.
    public init?(_ text: String) {
      let bytes = Array(text.utf8)
      guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
        let number = Decimal.read(bytes[..<colon]), let number = Int32(exactly: number),
        let id = IdempotencyKey.uuidBits(Array(bytes[(colon + 1)...]).span.bytes)
      else { return nil }
      self.init(number: number, id: id)
    }
  }
}

extension OutcomeEvent.History: CustomStringConvertible {
  /// `<number>:<uuid>`, the UUID in lower case.
  public var description: String { "\(number):\(IdempotencyKey(bits: id).uuidString)" }
}

extension OutcomeEvent.History: Codable {
  /// Reads the text of `description`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let history = Self(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "no history: <number>:<uuid>")
    }
    self = history
  }

  /// Writes the text of `description`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

/// Numbers as Teller's headers write them: decimal digits alone.
enum Decimal {
  /// The number; nil for a sign, a space, no digit, or more than 64 bits.
  static func read(_ text: some Collection<UInt8>) -> Int64? {
    guard !text.isEmpty, text.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
    return Int64(String(decoding: text, as: UTF8.self))
  }
}
