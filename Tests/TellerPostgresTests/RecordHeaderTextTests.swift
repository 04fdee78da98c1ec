import PostgresClient
import Teller
import Testing

@testable import TellerPostgres

@Suite struct `The text of a record's headers` {
  static let samples: [[RecordHeader]] = [
    [RecordHeader(name: "a", value: [0, 0xff, 0x10])],
    [RecordHeader(name: "", value: []), RecordHeader(name: "", value: nil)],
    [RecordHeader(name: "same", value: [1]), RecordHeader(name: "same", value: [1])],
    [RecordHeader(name: "\"\\\u{0}\u{1f}\n/é日😀\u{7f}", value: Array(repeating: 7, count: 1_000))],
  ]

  @Test(arguments: samples) func `is read back as it was`(headers: [RecordHeader]) throws {
    let text = try #require(RecordHeaderText.encode(headers))
    #expect(RecordHeaderText.decode(text) == headers)
  }

  @Test func `is the documented one`() {
    let headers = [RecordHeader(name: "a\"", value: [104, 105]), RecordHeader(name: "b", value: nil)]
    #expect(RecordHeaderText.encode(headers) == #"[["a\"","aGk="],["b",null]]"#)
    #expect(RecordHeaderText.encode([]) == nil)
    #expect(RecordHeaderText.decode("[]") == [])
  }

  @Test(arguments: [
    "", "{}", "[[]]", #"[["a"]]"#, #"[[null,"aGk="]]"#, #"[["a","?"]]"#, #"[["a","aGk=",null]]"#,
  ])
  func `is refused where it is no such text`(text: String) {
    #expect(RecordHeaderText.decode(text) == nil)
  }

  @Test(arguments: samples) func `is one that the database takes`(headers: [RecordHeader]) throws {
    let harness = try PostgresHarness()
    let (store, owner) = (try harness.makeStore(), try harness.takeOver(0, owner: "a"))
    let dead = DeadRecord(
      offset: 0, timestamp: -1, cause: DeadLetterCause(.undecodable, "made for a check"), idempotencyKey: nil,
      key: nil, value: nil, headers: headers)
    try StoreWords.open(store, StoreWords.fence(owner, to: 1), [])
    try StoreWords.finish(store, StoreWords.fence(owner, to: 1)) { $0.dead = [dead] }
    let text = try harness.query("select headers::text from teller.dead_letter").text(0, 0)
    #expect(RecordHeaderText.decode(text) == headers)
  }
}
