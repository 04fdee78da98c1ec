/// The fields a request may have, in the order in which they are checked.
enum RequestField: Int, CaseIterable {
  case type, idempotencyKey, debitAccount, creditAccount, account, amount, currency, overdraft
  case reference, metadata, requestedAt

  /// The field's bit in a set.
  var bit: UInt16 { 1 << UInt16(rawValue) }

  /// The fields of a transfer.
  static let ofTransfer = set(
    .type, .idempotencyKey, .debitAccount, .creditAccount, .amount, .currency, .reference, .metadata,
    .requestedAt)
  /// The fields of an opening, all of them required but the type, which is then given anyway.
  static let ofOpening = set(.type, .idempotencyKey, .account, .currency, .overdraft)

  private static func set(_ fields: RequestField...) -> UInt16 {
    fields.reduce(0) { $0 | $1.bit }
  }

  /// The field that a name without escapes stands for.
  ///
  /// Compared as words: the first eight bytes and the last eight, which overlap. Reading eight bytes past the
  /// start of a shorter name stays inside every JSON text that has one: `type":0}` is eight bytes long. Where
  /// it does not, the text is cut off, and the scanner is about to say so.
  @inline(__always)
  init?(name: Range<Int>, in bytes: RawSpan) {
    guard name.lowerBound &+ 8 <= bytes.byteCount, name.count >= 4 else { return nil }
    let head = bytes.word(name.lowerBound)
    if name.count < 8 {
      let kept = head & (UInt64.max &>> UInt64(truncatingIfNeeded: 64 &- 8 &* name.count))
      switch kept {
      case 0x6570_7974: self = .type
      case 0x746e_756f_6d61: self = .amount
      case 0x74_6e75_6f63_6361: self = .account
      default: return nil
      }
      return
    }
    switch (name.count, head, bytes.word(name.upperBound &- 8)) {
    case (8, 0x7963_6e65_7272_7563, _): self = .currency
    case (13, 0x6361_5f74_6962_6564, 0x746e_756f_6363_615f): self = .debitAccount
    case (14, 0x615f_7469_6465_7263, 0x746e_756f_6363_615f): self = .creditAccount
    case (15, 0x6574_6f70_6d65_6469, 0x7965_6b5f_7963_6e65): self = .idempotencyKey
    case (8, 0x6174_6164_6174_656d, _): self = .metadata
    case (9, 0x636e_6572_6566_6572, 0x6563_6e65_7265_6665): self = .reference
    case (12, 0x6574_7365_7571_6572, 0x7461_5f64_6574_7365): self = .requestedAt
    case (9, 0x6661_7264_7265_766f, 0x7466_6172_6472_6576): self = .overdraft
    default: return nil
    }
  }

  /// The field that a resolved name stands for: for names written with escapes.
  init?(name: [UInt8]) {
    // Eight bytes follow, as they would in a record.
    self.init(name: 0..<name.count, in: (name + [UInt8](repeating: 0, count: 8)).span.bytes)
  }
}
