import TellerTestKit
import Testing

@testable import Teller

@Suite struct `A dead alarm` {
  private typealias Code = DeadLetterCause.Code

  private func dead(_ count: Int, _ code: DeadLetterCause.Code = .misrouted) -> [DeadLetterCause.Code?] {
    Array(repeating: code, count: count)
  }

  private func good(_ count: Int) -> [DeadLetterCause.Code?] { Array(repeating: nil, count: count) }

  @Test func `is given with the 501st dead record among a thousand, and not before`() throws {
    var alarm = DeadAlarm()
    #expect(alarm.committed(good(400) + dead(500)) == nil)
    let given = alarm.committed(dead(1))
    let words = try #require(given)
    #expect(words.contains("501 misrouted") && words.contains("teller stream adopt"))
    #expect(alarm.deadCount == 501)
  }

  @Test func `counts a few records as it counts many: three bad ones alarm nobody`() {
    var alarm = DeadAlarm()
    #expect(alarm.committed(dead(3)) == nil)
  }

  @Test func `forgets what is more than a thousand records ago`() {
    var alarm = DeadAlarm()
    for _ in 0..<10 { #expect(alarm.committed(dead(300) + good(700)) == nil) }
    #expect(alarm.deadCount == 300)
    #expect(alarm.committed(good(1_000)) == nil)
    #expect(alarm.deadCount == 0)
  }

  @Test func `is given once, and again only after it has been calm between`() {
    var alarm = DeadAlarm()
    #expect(alarm.committed(dead(600)) != nil)
    #expect(alarm.committed(dead(600)) == nil)
    // 400 dead ones are left: below the bound, and not calm.
    #expect(alarm.committed(good(600)) == nil)
    #expect(alarm.committed(dead(600)) == nil)
    #expect(alarm.committed(good(750)) == nil)
    #expect(alarm.deadCount == 250)
    #expect(alarm.committed(dead(600)) != nil)
  }

  @Test func `is given where the bound is crossed within one long stretch, too`() {
    var alarm = DeadAlarm()
    #expect(alarm.committed(dead(501) + good(5_000)) != nil)
    #expect(alarm.deadCount == 0)
  }

  @Test func `can be asked beforehand without counting`() {
    var alarm = DeadAlarm()
    _ = alarm.committed(dead(500))
    #expect(alarm.crossing(dead(1)) != nil)
    #expect(alarm.crossing(good(1)) == nil)
    #expect(alarm.deadCount == 500)
  }

  @Test func `names the causes, the most frequent first, and what to look at`() throws {
    var alarm = DeadAlarm()
    let given = alarm.committed(dead(200) + dead(301, .undecodable))
    let words = try #require(given)
    #expect(words.contains("301 undecodable, 200 misrouted"))
    #expect(words.contains("teller dead-letters list") && !words.contains("partitioner"))
  }

  @Test func `reads the codes of a batch in offset order`() {
    var records = RecordBatch()
    for offset in 0..<Int64(5) { records.append(offset: offset, timestamp: offset) { _ in (0, -1) } }
    func letter(_ offset: Int64, _ code: DeadLetterCause.Code) -> DeadRecord {
      DeadRecord(
        offset: offset, cause: DeadLetterCause(code, "test"), idempotencyKey: nil, records: records,
        index: Int(offset))
    }
    let batch = PreparedBatch(
      from: 0, to: 6, jobs: [job(1, key: 1), job(2, key: 2)],
      dead: [letter(0, .misrouted), letter(3, .tooLarge), letter(4, .undecodable)], gaps: [5..<6])
    #expect(batch.deadCodes == [.misrouted, nil, nil, .tooLarge, .undecodable])
  }

  // MARK: The writer

  private func spoiled(_ rig: PartitionRig, _ count: Int) {
    for _ in 0..<count { rig.broker.send(SimulatedRecord("a", "nonsense")) }
  }

  private func alarms(_ rig: PartitionRig) -> [String] {
    rig.events.withLock { events in
      events.compactMap { if case .deadAlarm(0, let reason) = $0 { reason } else { nil } }
    }
  }

  @Test func `is reported by a writer that is to warn, which goes on`() throws {
    let rig = try PartitionRig(batch: BatchLimits(recordsMax: 100))
    try rig.openAccounts("a", "b")
    spoiled(rig, 700)
    let writer = try rig.takeOver()
    for _ in 0..<7 { _ = rig.work(writer) }
    #expect(rig.position() == 700)
    #expect(alarms(rig).count == 1)
    #expect(alarms(rig).first?.contains("501 undecodable") == true)
    rig.audit()
  }

  /// Nothing of the batch is decided; a batch without dead records is none of its business.
  @Test func `halts a writer that is to halt in front of the batch, and the next one begins anew`() throws {
    let rig = try PartitionRig(batch: BatchLimits(recordsMax: 400), deadAlarm: .halt)
    try rig.openAccounts("a", "b")
    spoiled(rig, 350)
    for key in 0..<50 { rig.broker.send(.transfer("k\(key)", from: "a", to: "b", 1)) }
    spoiled(rig, 400)
    let writer = try rig.takeOver()
    #expect(rig.work(writer) == "more")
    let word = rig.work(writer)
    #expect(word.hasPrefix("halted: with offsets 400 to 799, of which none is decided, more than half"))
    #expect(word.contains("501 undecodable"))
    #expect(word.contains("--dead-alarm warn"))
    #expect(rig.position() == 400)
    #expect(rig.outcomes().count == 400)
    #expect(alarms(rig).isEmpty)
    // Resumed: the window begins empty.
    #expect(rig.work(try rig.takeOver()) == "more")
    #expect(rig.position() == 800)
    rig.audit()
  }
}
