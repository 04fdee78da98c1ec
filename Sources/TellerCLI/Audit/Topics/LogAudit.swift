import PostgresClient
import Teller
import TellerKafka
import TellerPostgres

/// Compares one partition of the input topic with the tables: as far as both reach, every record has an outcome, and
/// every outcome its record.
struct LogAudit {
  /// How many offsets are compared at once.
  private static let stretch: Int64 = 50_000

  let partition: AuditedPartition
  private var unheld: Int64 = 0
  private var givenUp: Int64 = 0

  init(_ partition: AuditedPartition) { self.partition = partition }

  /// - Parameter bounds: the partition's log.
  mutating func run(
    _ reader: KafkaLogReader, bounds: Range<Int64>, _ auditor: inout Auditor,
    _ findings: inout TopicFindings
  ) throws {
    var next = partition.start
    if bounds.lowerBound > next {
      let lost = next..<min(bounds.lowerBound, partition.next)
      unheld += lost.isEmpty ? 0 : try auditor.count(of: partition, in: lost).count
      next = min(bounds.lowerBound, partition.next)
    }
    while next < partition.next {
      let range = next..<min(next + Self.stretch, partition.next)
      try compare(range, try scan(range, reader, bounds), &auditor, &findings)
      next = range.upperBound
    }
    note(&findings)
  }

  /// Nil where the log no longer holds the range.
  private func scan(
    _ range: Range<Int64>, _ reader: KafkaLogReader, _ bounds: Range<Int64>
  ) throws -> LogScan? {
    guard range.lowerBound < bounds.upperBound else {
      return LogScan(offsets: [], reached: bounds.upperBound, low: bounds.lowerBound)
    }
    do throws(LogFailure) {
      let partition = partition.partition
      return try TopicSource.patiently { () throws(LogFailure) in try reader.scan(range, of: partition) }
    } catch {
      // Cut since the bounds were asked for.
      guard error.kind == .outOfRange else { throw error }
      return nil
    }
  }

  private mutating func compare(
    _ range: Range<Int64>, _ scan: LogScan?, _ auditor: inout Auditor, _ findings: inout TopicFindings
  ) throws {
    let decided = try auditor.decidedOffsets(of: partition, in: range)
    guard let scan else {
      unheld += Int64(decided.count)
      return
    }
    let gaps = try auditor.gaps(of: partition, in: range)
    var records = scan.offsets[...]
    for offset in decided {
      while let record = records.first, record < offset {
        judge(recordAt: record, gaps, &findings)
        records.removeFirst()
      }
      if records.first == offset {
        records.removeFirst()
      } else if offset < scan.low {
        unheld += 1
      } else {
        let what = offset >= scan.reached ? "decided, and the log ends before it" : "decided, and no record"
        findings.endToEnd.add(partition.row(what, offset: offset))
      }
    }
    for record in records { judge(recordAt: record, gaps, &findings) }
  }

  /// A record that has no outcome.
  private mutating func judge(
    recordAt offset: Int64, _ gaps: [AuditedGap], _ findings: inout TopicFindings
  ) {
    switch gaps.first(where: { $0.range.contains(offset) })?.isGivenUp {
    case true?: givenUp += 1
    case false?: findings.endToEnd.add(partition.row("a record, and recorded as a gap", offset: offset))
    case nil: findings.endToEnd.add(partition.row("a record without an outcome", offset: offset))
    }
  }

  private func note(_ findings: inout TopicFindings) {
    for (what, count) in [
      ("decided offsets that the log no longer holds: not checked", unheld),
      ("records that an operator gave up", givenUp),
    ] where count > 0 {
      findings.endToEnd.note([
        "what": .string(what), "incarnation": .integer(Int64(partition.incarnation)),
        "partition": .integer(Int64(partition.partition)), "offsets": .integer(count),
      ])
    }
  }
}
