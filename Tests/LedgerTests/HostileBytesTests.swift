import Foundation
import Teller
import TellerTestKit
import Testing

@testable import Ledger

@Suite struct `Hostile bytes` {
  @Test(arguments: [Records.transfer, Records.opening, Records.elaborate])
  func `cut off anywhere are undecodable`(record: String) {
    let bytes = Array(record.trimmingCharacters(in: .whitespacesAndNewlines).utf8)
    #expect(decode(bytes).request != nil)
    for length in 0..<bytes.count {
      #expect(decode(Array(bytes[..<length])).code == .undecodable, "at \(length)")
    }
  }

  @Test func `mutated 20,000 times never crash and are JSON where Foundation says so`() {
    let seed: UInt64 = 42
    var random = SplitMix64(seed: seed)
    var decoder = JSONTransferDecoder(topic: "transfers")
    let records = [Records.transfer, Records.opening, Records.elaborate].map { Array($0.utf8) }
    let grammar = Array("{}[]\",:\\u0123456789eE+-.tfn \u{0}\u{1f}\u{7f}éd8".utf8)
    var (compared, json) = (0, 0)
    for round in 0..<20_000 {
      var bytes = records[round % records.count]
      for _ in 0...random.next(below: 3) { mutate(&bytes, grammar, &random) }
      let verdict = decode(bytes, with: &decoder)
      guard isComparable(bytes), verdict.reason != RequestFlaw.refusedText.sentence else { continue }
      let foundation =
        (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
      #expect(
        foundation == (verdict.code != .undecodable),
        "seed \(seed), \(round): \(String(decoding: bytes, as: UTF8.self))")
      compared += 1
      json += foundation ? 1 : 0
    }
    // The comparison is worth something only where both answers are frequent.
    #expect(compared > 15_000)
    #expect(json > 1_000 && json < compared - 1_000)
  }

  private func mutate(_ bytes: inout [UInt8], _ grammar: [UInt8], _ random: inout SplitMix64) {
    let place = random.next(below: bytes.count)
    switch random.next(below: 5) {
    case 0: bytes[place] = grammar[random.next(below: grammar.count)]
    case 1: bytes[place] = UInt8(truncatingIfNeeded: random.next())
    case 2: bytes.insert(grammar[random.next(below: grammar.count)], at: place)
    case 3: if bytes.count > 1 { bytes.remove(at: place) }
    default: bytes.swapAt(place, random.next(below: bytes.count))
    }
  }

  /// Foundation differs where it may: it takes UTF-16 and UTF-32, a mark of byte order, and refuses half
  /// surrogate pairs and numbers beyond its types, which are syntax to us.
  private func isComparable(_ bytes: [UInt8]) -> Bool {
    let text = String(decoding: bytes, as: UTF8.self).lowercased()
    return !bytes.contains(0) && !text.contains("\u{feff}")
      && text.firstMatch(of: /[0-9.]e[+-]?[0-9]{3}|[0-9]{19}e|[0-9]{20}/) == nil
  }

  @Test func `of a megabyte are dead at once`() {
    let long = String(repeating: "x", count: 1 << 20)
    #expect(decode(transfer(["reference": "\"\(long)\""])).code == .tooLarge)
    #expect(decode(transfer(), key: long).code == .tooLarge)
    #expect(decode([UInt8](repeating: 0xff, count: 1 << 20)).code == .tooLarge)
  }

  @Test func `nested 100,000 times overflow nothing`() throws {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
      var scanner = JSONScanner()
      let cut = Array(String(repeating: open, count: 100_000).utf8)
      #expect(throws: JSONDefect.truncated) { _ = try scanner.value(cut.span.bytes) }
      let inner = open == "[" ? "" : "1"
      let whole =
        String(repeating: open, count: 100_000) + inner + String(repeating: close, count: 100_000)
      scanner = JSONScanner()
      let token = try scanner.value(Array(whole.utf8).span.bytes)
      #expect(token.byteCount == whole.utf8.count)
      #expect(scanner.depth == 100_000)
    }
    // Within the size limit: JSON, but no request.
    let deep = String(repeating: "[", count: 30_000) + String(repeating: "]", count: 30_000)
    #expect(decode(deep).reason == "the value must be a JSON object")
    #expect(decode(String(deep.dropLast())).code == .undecodable)
    #expect(decode(transfer(["x": deep])).code == .invalidRequest)
  }

  @Test func `in a megabyte of strings and members are scanned in one pass`() throws {
    let members = (0..<50_000).map { "\"member\($0)\":\"\\u00e4€\($0)\"" }.joined(separator: ",")
    var scanner = JSONScanner()
    let token = try scanner.value(Array("{\(members)}".utf8).span.bytes)
    #expect(token.byteCount > 1 << 20)
    #expect(!scanner.repeatedName)
  }
}
