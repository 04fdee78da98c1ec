import Foundation
import Testing

@testable import Teller

@Suite struct `Texts of events` {
  private static func text(_ fill: (inout [UInt8]) -> Void) -> String {
    var bytes: [UInt8] = []
    fill(&bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test(arguments: [Int64.min, -1, 0, 9, 10, 1_234_567_890, Int64.max])
  func `are decimal numbers as Swift writes them`(number: Int64) {
    #expect(Self.text { $0.append(decimal: number) } == "\(number)")
  }

  @Test(arguments: 0..<50)
  func `are UUIDs as keys write them`(_: Int) {
    let bits = UInt128.random(in: 0...UInt128.max)
    #expect(Self.text { $0.append(uuid: bits) } == IdempotencyKey(bits: bits).uuidString)
  }

  @Test(arguments: ["", "plain", "a \"quoted\" \\ one", "tab\tand\u{1}\u{1f}", "ünïcode 🏦"])
  func `are JSON strings that any reader reads back`(text: String) throws {
    let json = Self.text { $0.append(json: text) }
    #expect(try JSONDecoder().decode([String].self, from: Data("[\(json)]".utf8)) == [text])
  }

  @Test(arguments: [Int64(0), 1_700_000_000_123_456, 951_782_399_999_999, 4_107_542_399_000_001, -1])
  func `are moments as the calendar has them`(microseconds: Int64) throws {
    let json = Self.text { $0.append(instant: microseconds) }
    let seconds = (microseconds - (microseconds % 1_000_000 + 1_000_000) % 1_000_000) / 1_000_000
    let date = Date(timeIntervalSince1970: TimeInterval(seconds))
    let whole = date.formatted(.iso8601.dateTimeSeparator(.standard))
    #expect(json.hasPrefix(whole.dropLast()))
    let fraction = String((microseconds % 1_000_000 + 1_000_000) % 1_000_000)
    #expect(json.dropFirst(20) == String(repeating: "0", count: 6 - fraction.count) + fraction + "Z")
  }
}
