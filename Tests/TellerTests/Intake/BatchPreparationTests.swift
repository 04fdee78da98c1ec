import Ledger
import TellerTestKit
import Testing

@testable import Teller

@Suite struct `The preparation of a batch` {
  private static let good = String(
    decoding: SimulatedRecord.transfer("k", from: "a", to: "b", 1).value ?? [], as: UTF8.self)

  private func prepare(
    _ records: [SimulatedRecord], count: Int32 = 1, placement: Placement = .hashed(.murmur2)
  ) -> BatchPreparation.Result<LedgerRequest> {
    var batch = RecordBatch()
    for (offset, record) in records.enumerated() {
      batch.append(offset: Int64(offset), timestamp: 7) { bytes in
        bytes += (record.key ?? []) + (record.value ?? [])
        return (record.key?.count ?? -1, record.value?.count ?? -1)
      }
    }
    var handler = SimulatedLedgerHandler(topic: "transfers")
    let preparation = BatchPreparation(
      partition: 0, partitionCount: count, placement: placement, limits: RecordLimits())
    return preparation.prepare(batch, from: 0, to: Int64(records.count), gaps: [], handler: &handler)
  }

  /// A key that hashes to another partition than 0 of 12.
  private static let stray = "acct-1"

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let key: [UInt8]?
    let value: [UInt8]?
    let code: DeadLetterCause.Code
    var namesKey = false

    init(
      _ name: String, key: [UInt8]?, value: [UInt8]?, _ code: DeadLetterCause.Code, namesKey: Bool = false
    ) {
      (testDescription, self.key, self.value, self.code, self.namesKey) = (name, key, value, code, namesKey)
    }
  }

  /// In the order of the checks: each record has this flaw and all flaws that are looked for later.
  static let cases: [Case] = [
    Case(
      "large value, long key", key: .init(repeating: 97, count: 129),
      value: .init(repeating: 97, count: 65_537), .tooLarge),
    Case("long key", key: .init(repeating: 97, count: 129), value: nil, .tooLarge),
    Case("long key, good value", key: .init(repeating: 97, count: 129), value: Array(good.utf8), .tooLarge),
    Case("no key, null value", key: nil, value: nil, .misrouted),
    Case("empty key", key: [], value: Array(good.utf8), .misrouted, namesKey: true),
    Case("stray key, null value", key: Array(stray.utf8), value: nil, .misrouted),
    Case("stray key, not JSON", key: Array(stray.utf8), value: [0xff], .misrouted),
    Case("null value", key: nil, value: nil, .misrouted),
  ]

  @Test(arguments: cases) func `finds the first flaw in the documented order`(flawed: Case) throws {
    let result = prepare([SimulatedRecord(key: flawed.key, value: flawed.value)], count: 12)
    #expect(result.batch.jobs.isEmpty)
    let dead = try #require(result.batch.dead.first)
    #expect(dead.cause.code == flawed.code)
    #expect((dead.idempotencyKey != nil) == flawed.namesKey)
    #expect(dead.key == flawed.key)
    #expect(dead.value == flawed.value)
    #expect(dead.timestamp == 7)
  }

  @Test(
    arguments: [
      (nil, "undecodable"), ("nonsense", "undecodable"), ("[]", "invalid_request"), ("", "undecodable"),
      (
        #"{"idempotency_key":"k","debit_account":"x","credit_account":"b","amount":1,"currency":"EUR"}"#,
        "misrouted"
      ),
    ] as [(String?, String)])
  func `lets the handler judge what lies in its place`(value: String?, code: String) {
    let result = prepare([SimulatedRecord(key: [97], value: value.map { Array($0.utf8) })])
    #expect(result.batch.dead.map(\.cause.code.rawValue) == [code])
    #expect(!result.isAnyMisplaced)
  }

  @Test func `keeps good records beside bad ones`() {
    let bad = SimulatedRecord(key: nil, value: nil)
    let result = prepare([.transfer("1", from: "a", to: "b", 1), bad, .transfer("2", from: "a", to: "b", 1)])
    #expect(result.batch.jobs.map(\.offset) == [0, 2])
    #expect(result.batch.jobs.map(\.record) == [0, 2])
    #expect(result.batch.dead.map(\.offset) == [1])
    #expect(result.batch.count == 3)
  }

  @Test func `asks for the count only where a key hashes elsewhere`() {
    let stray = SimulatedRecord.transfer("1", from: Self.stray, to: "b", 1)
    #expect(prepare([stray], count: 12).isAnyMisplaced)
    #expect(!prepare([SimulatedRecord(key: nil, value: nil)], count: 12).isAnyMisplaced)
    #expect(!prepare([stray], count: 12, placement: .unverified).isAnyMisplaced)
    #expect(prepare([stray], count: 12, placement: .unverified).batch.jobs.count == 1)
  }

  @Test func `takes the largest records that are allowed`() {
    let key = String(repeating: "a", count: 128)
    let record = SimulatedRecord.transfer("1", from: key, to: "b", 1)
    let padding = 65_536 - (record.value?.count ?? 0)
    let padded = SimulatedRecord(
      key: record.key, value: (record.value ?? []) + Array(repeating: 32, count: padding))
    #expect(prepare([padded]).batch.jobs.count == 1)
  }
}
