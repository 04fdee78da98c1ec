import Testing

@testable import Teller

@Suite struct `A prepared batch` {
  private func dead(_ offset: Int64, _ records: RecordBatch) -> DeadRecord {
    DeadRecord(
      offset: offset, cause: DeadLetterCause(.undecodable, "test"), idempotencyKey: nil, records: records,
      index: Int(offset))
  }

  private func records(_ count: Int64) -> RecordBatch {
    var records = RecordBatch()
    for offset in 0..<count { records.append(offset: offset, timestamp: offset) { _ in (0, -1) } }
    return records
  }

  @Test func `is halved in front of its middle job, and nothing is lost`() throws {
    let raw = records(10)
    let batch = PreparedBatch(
      from: 0, to: 10, jobs: [job(1, key: 1), job(2, key: 2), job(7, key: 3)],
      dead: [dead(0, raw), dead(9, raw)],
      gaps: [3..<5, 8..<9])
    let (first, second) = try #require(batch.halves())
    #expect((first.from, first.to, second.from, second.to) == (0, 2, 2, 10))
    #expect(first.jobs.map(\.offset) == [1])
    #expect(second.jobs.map(\.offset) == [2, 7])
    #expect(first.dead.map(\.offset) == [0])
    #expect(second.dead.map(\.offset) == [9])
    #expect(first.gaps.isEmpty)
    #expect(second.gaps == [3..<5, 8..<9])
  }

  @Test func `gives both halves their part of what lies around the cut`() throws {
    let batch = PreparedBatch(
      from: 0, to: 6, jobs: [job(0, key: 1), job(5, key: 2)], dead: [], gaps: [1..<5])
    let (first, second) = try #require(batch.halves())
    #expect(first.gaps == [1..<5])
    #expect(second.gaps.isEmpty)
    #expect(first.to == second.from)
  }

  @Test func `of one job has no halves`() {
    #expect(PreparedBatch(from: 0, to: 1, jobs: [job(0, key: 1)], dead: [], gaps: []).halves() == nil)
    #expect(PreparedBatch<String>(from: 0, to: 1, jobs: [], dead: [], gaps: [0..<1]).halves() == nil)
  }

  @Test func `without its jobs has them among its dead, in order`() {
    let raw = records(3)
    let batch = PreparedBatch(
      from: 0, to: 3, jobs: [job(1, key: 4)], dead: [dead(0, raw), dead(2, raw)], gaps: [])
    let bare = batch.withoutJobs(DeadLetterCause(.refusedByDatabase, "no"), records: raw)
    #expect(bare.jobs.isEmpty)
    #expect(bare.dead.map(\.offset) == [0, 1, 2])
    #expect(bare.dead[1].cause.code == .refusedByDatabase)
    #expect(bare.dead[1].idempotencyKey?.bits == 4)
    #expect(bare.dead[1].timestamp == 1)
  }
}
