import Foundation
import Testing

@testable import Ledger

@Suite struct `The balances in an event` {
  private struct Members: Decodable, Equatable {
    struct Account: Decodable, Equatable {
      let account: String
      let balance: Int64
      let version: Int64
    }

    let balances: [Account]?
  }

  private func read(_ text: [UInt8]) throws -> Members {
    try JSONDecoder().decode(Members.self, from: Data("{".utf8 + text + "}".utf8))
  }

  @Test func `are written as the format says`() {
    var text: [UInt8] = []
    BalancesText.append(
      debit: .init("acct-1", balance: 8_750, version: 3), credit: .init("acct-2", balance: 1_250, version: 1),
      to: &text)
    #expect(
      String(decoding: text, as: UTF8.self)
        == #""balances":[{"account":"acct-1","balance":8750,"version":3},"#
        + #"{"account":"acct-2","balance":1250,"version":1}]"#)
    text = []
    BalancesText.append(opened: "acct-3", to: &text)
    #expect(
      String(decoding: text, as: UTF8.self) == #""balances":[{"account":"acct-3","balance":0,"version":0}]"#)
    #expect(BalancesText.none == #""balances":null"#)
  }

  @Test(arguments: [0, 1, -1, 9, 10, -10, 99, 100, 1_234_567_890, Int64.max, Int64.min])
  func `are any number`(number: Int64) throws {
    var text = Array("before".utf8)
    BalancesText.append(
      debit: .init("a", balance: number, version: 0), credit: .init("b", balance: 0, version: number),
      to: &text)
    #expect(text.starts(with: "before".utf8))
    let accounts = try read(Array(text.dropFirst(6))).balances
    #expect(accounts?.map(\.balance) == [number, 0])
    #expect(accounts?.map(\.version) == [0, number])
  }

  @Test(arguments: [
    "\"", "\\", "a\"b\\c", "\u{0}\u{1f}\n", "Zürich-日本😀", "cafe\u{301}", "</script>", "\u{7f}",
  ])
  func `name any account`(name: String) throws {
    var text: [UInt8] = []
    BalancesText.append(opened: name, to: &text)
    let account = try #require(try read(text).balances?.first?.account)
    #expect(Array(account.utf8) == Array(name.utf8))
  }
}
