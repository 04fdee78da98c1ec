/// The ledger's member of an outcome event, `balances`, as text: after an applied transfer the debited and then the
/// credited account, after an applied opening the account, else null (Published.md of the module Teller).
///
/// Written by hand: it runs once for each applied record. Two writers of it, one from memory and one from the tables,
/// must agree byte for byte, so both call this.
public enum BalancesText {
  /// An account as an event shows it.
  public struct Account: Sendable {
    /// The account's id.
    public let name: String
    /// In minor units, after the event.
    public let balance: Int64
    /// How many entries it has, this one included.
    public let version: Int64

    /// An account from its parts.
    public init(_ name: String, balance: Int64, version: Int64) {
      self.name = name
      self.balance = balance
      self.version = version
    }
  }

  /// The member where nothing changed.
  public static let none = #""balances":null"#

  /// Appends the member after a transfer.
  public static func append(debit: Account, credit: Account, to text: inout [UInt8]) {
    text.append(contentsOf: #""balances":["#.utf8)
    append(debit, to: &text)
    text.append(UInt8(ascii: ","))
    append(credit, to: &text)
    text.append(UInt8(ascii: "]"))
  }

  /// Appends the member after an opening by a record: nothing has been paid in yet.
  public static func append(opened name: String, to text: inout [UInt8]) {
    text.append(contentsOf: #""balances":["#.utf8)
    append(Account(name, balance: 0, version: 0), to: &text)
    text.append(UInt8(ascii: "]"))
  }

  private static func append(_ account: Account, to text: inout [UInt8]) {
    text.append(contentsOf: #"{"account":""#.utf8)
    append(escaped: account.name, to: &text)
    text.append(contentsOf: #"","balance":"#.utf8)
    append(account.balance, to: &text)
    text.append(contentsOf: #","version":"#.utf8)
    append(account.version, to: &text)
    text.append(UInt8(ascii: "}"))
  }

  private static func append(escaped name: String, to text: inout [UInt8]) {
    let needsEscape = name.utf8.contains { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
    guard needsEscape else { return text.append(contentsOf: name.utf8) }
    for byte in name.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        text.append(UInt8(ascii: "\\"))
        text.append(byte)
      case 0..<0x20:
        text.append(contentsOf: #"\u00"#.utf8)
        text.append(contentsOf: [hexDigit(byte >> 4), hexDigit(byte & 15)])
      default: text.append(byte)
      }
    }
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  private static func append(_ number: Int64, to text: inout [UInt8]) {
    if number < 0 { text.append(UInt8(ascii: "-")) }
    var left = number.magnitude
    var low = text.count
    repeat {
      text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: left % 10))
      left /= 10
    } while left > 0
    // The digits came last first.
    var high = text.count - 1
    while low < high {
      text.swapAt(low, high)
      (low, high) = (low + 1, high - 1)
    }
  }
}
