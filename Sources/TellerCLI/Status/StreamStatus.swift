import Teller
import TellerPostgres

/// A stream's report together with its log, as `teller status` shows it.
struct StreamStatus {
  let report: StreamReport
  /// Where each partition's log ends; nil where no broker was asked, or none answered.
  let logEnds: [Int64]?
  /// Why the log's ends are missing though they were asked for.
  let trouble: String?

  /// A partition stands still until somebody looks.
  var isHalted: Bool { report.partitions.contains { $0.haltedReason != nil } }

  /// How many records wait in a partition; nil where its log's end is not known.
  func lag(_ partition: StreamReport.Partition) -> Int64? {
    end(partition).map { max(0, $0 - partition.nextOffset) }
  }

  private func end(_ partition: StreamReport.Partition) -> Int64? {
    guard let logEnds, logEnds.indices.contains(Int(partition.partition)) else { return nil }
    return logEnds[Int(partition.partition)]
  }

  private var totalLag: Int64? {
    logEnds == nil ? nil : report.partitions.compactMap { lag($0) }.reduce(0, +)
  }

  private var unpublished: Int64 { report.partitions.reduce(0) { $0 + $1.unpublished } }

  private var decided: Int64 { report.partitions.reduce(0) { $0 + $1.nextOffset - $1.startOffset } }

  // MARK: For people

  /// A table of the partitions, and what became of the records.
  var text: String {
    let stream = report.stream
    var lines = [
      "topic \(stream.topic), incarnation \(stream.incarnation), group \(stream.group),"
        + " partitioner \(stream.placement.name), cluster \(stream.clusterID)"
    ]
    if let history = report.history { lines.append("history \(history.number) (\(history.reason))") }
    if let trouble { lines.append("no log ends: \(trouble)") }
    lines += TextTable.lines([header] + report.partitions.map(row))
    lines += report.partitions.compactMap { partition in
      partition.haltedReason.map { "partition \(partition.partition) is halted: \($0)" }
    }
    if isHalted {
      lines.append("mend the cause, then teller partition resume; skip-to gives offsets up for ever")
    }
    lines += publishingTroubles
    lines += report.actions.map(\.text)
    lines.append(
      "decided \(decided) in this incarnation"
        + (totalLag.map { ", \($0) waiting" } ?? "")
        + (unpublished > 0 ? ", \(unpublished) not published yet" : ""))
    for total in report.totals {
      lines.append("  \(total.records) \(total.outcome)\(total.code.map { " \($0)" } ?? "")")
    }
    return lines.joined(separator: "\n")
  }

  /// Each trouble once, with the partitions that it holds up.
  private var publishingTroubles: [String] {
    let troubled = report.partitions.filter { $0.publishingTrouble != nil }
    let texts = Set(troubled.compactMap(\.publishingTrouble)).sorted()
    return texts.map { text in
      let numbers = troubled.filter { $0.publishingTrouble == text }.map(\.partition)
      return
        "partition\(numbers.count == 1 ? "" : "s") \(NumberList.text(numbers)) not published further: \(text)"
    }
  }

  private var header: [String] {
    ["partition", "epoch", "next"] + (logEnds == nil ? [] : ["end", "lag"]) + ["unpublished", "owner"]
  }

  private func row(_ partition: StreamReport.Partition) -> [String] {
    let numbers = [Int64(partition.partition), partition.epoch, partition.nextOffset].map { String($0) }
    let log = [end(partition), lag(partition)].map { $0.map { String($0) } ?? "?" }
    let owner = partition.owner.isEmpty ? "(none)" : partition.owner
    return numbers + (logEnds == nil ? [] : log)
      + ["\(partition.unpublished)", owner + (partition.haltedReason == nil ? "" : " HALTED")]
  }

  // MARK: For programs

  /// `totals.applied` is computed: the decided offsets less all others.
  var json: JSONValue {
    let stream = report.stream
    return [
      "topic": .string(stream.topic), "adopted": true, "incarnation": .integer(Int64(stream.incarnation)),
      "cluster_id": .string(stream.clusterID), "partition_count": .integer(Int64(stream.partitionCount)),
      "partitioner": .string(stream.placement.name), "group": .string(stream.group),
      "halted": .bool(isHalted), "decided": .integer(decided),
      "lag": totalLag.map { .integer($0) } ?? .null, "unpublished": .integer(unpublished), "totals": totals,
      "history": report.history.map { history in
        [
          "number": .integer(Int64(history.number)),
          "id": .string(IdempotencyKey(bits: history.randomID).uuidString), "reason": .string(history.reason),
        ]
      } ?? .null,
      "partitions": .array(report.partitions.map(json)),
      "actions": .array(report.actions.map(\.json)),
      "error": trouble.map { .string($0) } ?? .null,
    ]
  }

  /// Sums by outcome, and under `codes` by code.
  private var totals: JSONValue {
    func sum(_ outcome: String) -> JSONValue {
      .integer(report.totals.filter { $0.outcome == outcome }.reduce(0) { $0 + $1.records })
    }
    let codes = report.totals.compactMap { total in
      total.code.map { ("\(total.outcome).\($0)", JSONValue.integer(total.records)) }
    }
    return [
      "applied": sum("applied"), "rejected": sum("rejected"), "duplicate": sum("duplicate"),
      "dead": sum("dead"), "gap": sum("gap"), "codes": .object(codes),
    ]
  }

  private func json(_ partition: StreamReport.Partition) -> JSONValue {
    [
      "partition": .integer(Int64(partition.partition)), "epoch": .integer(partition.epoch),
      "owner": partition.owner.isEmpty ? .null : .string(partition.owner),
      "start_offset": .integer(partition.startOffset), "next_offset": .integer(partition.nextOffset),
      "log_end_offset": end(partition).map { .integer($0) } ?? .null,
      "lag": lag(partition).map { .integer($0) } ?? .null,
      "published_offset": .integer(partition.publishedOffset), "unpublished": .integer(partition.unpublished),
      "halted_reason": partition.haltedReason.map { .string($0) } ?? .null,
      "publishing_trouble": partition.publishingTrouble.map { .string($0) } ?? .null,
    ]
  }
}
