import PostgresClient
import Teller
import TellerKafka
import TellerPostgres

/// Compares one partition of the dead letters topic with the tables: every published dead record has its dead letter,
/// with its own bytes.
struct DeadLettersAudit {
  private struct Life {
    let partition: AuditedPartition
    /// What has a dead letter, all that is not dead before it included.
    var present = OffsetCover()
    var firstSeen: Int64?
  }

  let topic: String
  let number: Int32
  let histories: [Int32: UInt128]
  private var lives: [Int32: Life]

  init(topic: String, number: Int32, histories: [Int32: UInt128], lives: [AuditedPartition]) {
    self.topic = topic
    self.number = number
    self.histories = histories
    self.lives = Dictionary(lives.map { ($0.incarnation, Life(partition: $0)) }, uniquingKeysWith: { $1 })
  }

  mutating func run(
    _ source: TopicSource, _ auditor: inout Auditor, _ findings: inout TopicFindings
  ) throws {
    let begin = try source.read(number) { records in
      try check(records, source, &auditor, &findings)
    }
    for life in lives.values.sorted(by: { $0.partition.incarnation < $1.partition.incarnation }) {
      try findMissing(life, isCut: begin > 0, source.topic, &auditor, &findings)
    }
  }

  private mutating func check(
    _ records: [TopicRecord], _ source: TopicSource, _ auditor: inout Auditor,
    _ findings: inout TopicFindings
  ) throws {
    let letters = records.compactMap(DeadLetterRecord.init)
    if letters.count < records.count {
      findings.published.add(
        [
          "what": "no dead letter: its headers do not say where it comes from",
          "topic": .string(source.topic),
          "partition": .integer(Int64(number)), "from": .integer(records.first?.offset ?? 0),
          "records": .integer(Int64(records.count - letters.count)),
        ], count: Int64(records.count - letters.count))
    }
    for (incarnation, same) in Dictionary(grouping: letters, by: \.incarnation) {
      var dead: [Int64: AuditedDeath] = [:]
      if let life = lives[incarnation] {
        for range in Stretches.around(same.map(\.offset)) {
          for death in try auditor.deaths(of: life.partition, in: range) { dead[death.offset] = death }
        }
      }
      for letter in same { judge(letter, dead[letter.offset], source, &findings) }
    }
  }

  private mutating func judge(
    _ letter: DeadLetterRecord, _ death: AuditedDeath?, _ source: TopicSource,
    _ findings: inout TopicFindings
  ) {
    let at = letter.record.offset
    let place: [(String, JSONValue)] = [
      ("topic", .string(source.topic)), ("partition", .integer(Int64(number))), ("letter_at", .integer(at)),
      ("incarnation", .integer(Int64(letter.incarnation))), ("offset", .integer(letter.offset)),
    ]
    let isTruth =
      histories[letter.history.number] == letter.history.id
      && letter.history.number >= death?.history ?? histories.keys.max() ?? 0
    guard isTruth else { return }
    guard let death, let life = lives[letter.incarnation] else {
      let isNew = !source.isOlderThanSnapshot(at, of: number)
      if isNew, letter.offset >= lives[letter.incarnation]?.partition.next ?? 0 { return }
      return findings.published.add(
        .object([("what", "a dead letter of an offset that is not dead")] + place))
    }
    let wrong = letter.differences(from: death, topic: topic, partition: number)
    if !wrong.isEmpty {
      findings.published.add(
        .object(
          [("what", "wrong dead letter"), ("fields", .array(wrong.map { .string($0) }))] + place))
    }
    let begin = death.previous.map { $0 + 1 } ?? min(life.partition.start, death.offset)
    lives[letter.incarnation]?.present.insert(begin..<(death.offset + 1))
    if life.firstSeen == nil { lives[letter.incarnation]?.firstSeen = death.offset }
  }

  private func findMissing(
    _ life: Life, isCut: Bool, _ name: String, _ auditor: inout Auditor, _ findings: inout TopicFindings
  ) throws {
    let partition = life.partition
    guard partition.start < partition.published else { return }
    var unheld: Int64 = 0
    for hole in life.present.holes(in: partition.start..<partition.published) {
      let (count, first) = try auditor.count(of: partition, in: hole, deadOnly: true)
      if isCut, life.firstSeen.map({ hole.upperBound <= $0 }) ?? true {
        unheld += count
        continue
      }
      for (index, offset) in first.enumerated() {
        findings.published.add(
          partition.row("no dead letter", offset: offset),
          count: index == 0 ? count - Int64(first.count) + 1 : 1)
      }
    }
    if unheld > 0 {
      findings.published.note([
        "what": "dead letters that the topic no longer holds: not checked", "topic": .string(name),
        "incarnation": .integer(Int64(partition.incarnation)), "partition": .integer(Int64(number)),
        "offsets": .integer(unheld),
      ])
    }
  }
}
