import CommandTable
import Teller
import TellerPostgres
import Testing

@testable import TellerCLI

/// What `teller dead-letters` understands, says and plans, without a server.
@Suite struct `A dead letter` {
  private func selection(_ line: String) throws -> DeadLetterSelection {
    let words = ["dead-letters"] + line.split(separator: " ").map { String($0) }
    let request = try Program.table.parse(words, environment: ["TELLER_BROKERS": "b"])
    guard case .run(let invocation) = request else { throw ScenarioError("\(line) is help") }
    return try DeadLetterSelection(invocation)
  }

  @Test func `is meant by its id, or by a filter`() throws {
    let (one, two) = (
      DeadLetterID(incarnation: 1, partition: 3, offset: 41),
      DeadLetterID(incarnation: 2, partition: 0, offset: 7)
    )
    #expect(try selection("redrive 3:41 2:0:7 1:3:41 --reason r") == .ids([one, two]))
    let filter = DeadLetterFilter(
      topic: "transfers", code: "misrouted", partition: 4, state: .open, withinSeconds: 5_400)
    #expect(
      try selection("discard --code misrouted --partition 4 --since 90m --limit 9 --reason r")
        == .filter(filter, limit: 9))
  }

  @Test(arguments: [
    "redrive --reason r", "redrive --yes --reason r", "redrive 3:41 --yes --reason r", "discard 3:41",
    "discard 3:41 --code misrouted --reason r", "discard 3 --reason r", "redrive --limit 5 --reason r",
    "redrive --code mislaid --reason r",
  ])
  func `is not guessed at`(line: String) {
    #expect(throws: UsageError.self) { _ = try selection(line) }
  }

  @Test func `does not write on the terminal`() {
    #expect(SafeText.line("a\u{1b}[2Jb\u{202e}c\n") == "a\\u{1b}[2Jb\\u{202e}c\\u{a}")
    #expect(SafeText.text(Array("é\n\t€".utf8), allowsLines: true) == "é\n\t€")
    #expect(SafeText.text(Array("a\nb".utf8), allowsLines: false) == nil)
    #expect(SafeText.text(Array("a\u{9b}b".utf8), allowsLines: true) == nil)
    #expect(SafeText.text([0x61, 0xff], allowsLines: true) == nil)
    #expect(SafeText.inline(nil, limit: 9) == "null" && SafeText.inline([], limit: 9) == "empty")
    #expect(SafeText.inline([0, 0xab, 1], limit: 2) == "0x00ab… (3 bytes)")
    #expect(SafeText.inline(Array("ééé".utf8), limit: 5) == "éé… (6 bytes)")
    #expect(
      SafeText.hexDump([UInt8](0x3e...0x4e) + [0]) == [
        "000000  3e 3f 40 41 42 43 44 45 46 47 48 49 4a 4b 4c 4d  >?@ABCDEFGHIJKLM",
        "000010  4e 00                                            N.",
      ])
  }

  @Test func `counts its redrives by headers that anybody may have written`() {
    func count(_ values: String?...) -> Int32 {
      RedriveHeaders.redrives(
        values.map { RecordHeader(name: RedriveHeaders.count, value: $0.map { Array($0.utf8) }) })
    }
    #expect(count() == 0 && count("2") == 2 && count("1", "3", "2") == 3)
    #expect(count(nil, "", "x", "-5", "+4", "2147483647", "99999999999") == 0)
  }

  @Test func `asks for the key that its value says`() {
    var rereader = RequestRereader(topic: "transfers", allowUnknownFields: false)
    let value =
      #"{"idempotency_key":"k-1","debit_account":"a","credit_account":"b","amount":1,"currency":"EUR"}"#
    guard case .request(let key, _) = rereader.read(key: nil, value: Array(value.utf8)) else {
      Issue.record("a good request is none")
      return
    }
    #expect(key == Array("a".utf8))
    let opening =
      #"{"type":"open_account","idempotency_key":"k","account":"z","currency":"EUR","overdraft":0}"#
    guard case .request(Array("z".utf8), _) = rereader.read(key: key, value: Array(opening.utf8)) else {
      Issue.record("an opening's key is its account")
      return
    }
    for (value, code) in [
      (nil, .undecodable), ("", .undecodable), ("[", .undecodable), ("[]", .invalidRequest),
      (String(repeating: "x", count: 65_537), .tooLarge),
      (value.replacing("}", with: ",\"x\":1}"), .invalidRequest),
    ] as [(String?, DeadLetterCause.Code)] {
      guard case .dead(let cause) = rereader.read(key: key, value: value.map { Array($0.utf8) }) else {
        Issue.record("\(value ?? "null") is a request")
        continue
      }
      #expect(cause.code == code, "\(value ?? "null")")
    }
  }
}
