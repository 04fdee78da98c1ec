public import Digests
public import Teller

extension Fingerprint {
  /// The version that this release makes.
  public static let ledgerVersion: Int16 = 1

  /// The fingerprint of what a request means.
  ///
  /// SHA-256 over the version (two bytes) and then each field as its length (four bytes) and its bytes, all
  /// integers big-endian: for a transfer the type `transfer`, debit account, credit account, amount (eight
  /// bytes), currency, reference; for an opening the type `open_account`, account, currency, overdraft (eight
  /// bytes). An absent reference is the length `0xFFFFFFFF` with nothing after it, an empty one the length 0.
  public init(of request: LedgerRequest, digester: inout SHA256Digester) {
    digester.update(bigEndian: Self.ledgerVersion)
    switch request {
    case .transfer(let transfer):
      digester.field("transfer")
      digester.field(transfer.debitAccount)
      digester.field(transfer.creditAccount)
      digester.field(transfer.amount)
      digester.field(transfer.currency)
      digester.field(transfer.detail?.reference)
    case .openAccount(let opening):
      digester.field("open_account")
      digester.field(opening.account)
      digester.field(opening.currency)
      digester.field(opening.overdraft)
    }
    self.init(bits: digester.finish().high, version: Self.ledgerVersion)
  }
}

extension SHA256Digester {
  /// No field is this long: the value is at most 64 KiB.
  private static let absent: UInt32 = .max

  fileprivate mutating func field(_ text: String?) {
    guard let text else { return update(bigEndian: Self.absent) }
    update(bigEndian: UInt32(text.utf8.count))
    update(text)
  }

  fileprivate mutating func field(_ number: Int64) {
    update(bigEndian: UInt32(8))
    update(bigEndian: number)
  }

  fileprivate mutating func field(_ currency: Currency) {
    let length = 8 - currency.packed.trailingZeroBitCount / 8
    update(bigEndian: UInt32(length))
    for offset in 0..<length {
      update(bigEndian: UInt8(truncatingIfNeeded: currency.packed >> UInt64(56 - 8 * offset)))
    }
  }
}
