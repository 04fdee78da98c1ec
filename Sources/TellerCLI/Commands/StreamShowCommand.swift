import CommandTable
import EventLog
import PostgresClient
import Teller
import TellerPostgres

/// `teller stream show`: what was adopted, how, by whom, and how far each incarnation is.
enum StreamShowCommand: ProgramCommand {
  static let command = Command(
    ["stream", "show"], summary: "show a stream's incarnations: what was adopted, how, by whom and when",
    discussion: """
      Reads PostgreSQL only. Each incarnation is one life of the topic; the open one is what workers own.
      """,
    example: "teller stream show --topic transfers --json",
    shared: [SharedOptions.stream, SharedOptions.postgres])

  static func run(_ invocation: Invocation, _ output: Output) throws -> ExitCode {
    let topic = try invocation.requiredString("--topic")
    let lives = try Database.with(invocation) { connection in
      try KnownStreams.require(topic, on: &connection)
      return try StreamLife.all(of: topic, on: &connection)
    }
    let group = lives.last?.identity.group ?? ""
    output.result(
      (["topic \(topic), group \(group)"] + lives.map(\.text)).joined(separator: "\n"),
      [
        "topic": .string(topic), "group": .string(group), "incarnations": .array(lives.map(\.json)),
      ])
    return .done
  }
}

extension StreamLife {
  /// For people.
  fileprivate var text: String {
    let state = closedAt.map { "closed \(Self.time($0))" } ?? "open"
    var lines = [
      """
      incarnation \(identity.incarnation), \(state): cluster \(identity.clusterID), \(identity.partitionCount) \
      partitions, partitioner \(identity.placement.name)
        adopted \(Self.time(adoptedAt)) by \(adoptedBy ?? "(not recorded)"), from \(startedFrom ?? "(not recorded)")
      """
    ]
    if let keySample { lines.append("  keys: \(keySample)") }
    let rows = positions.map { position in
      [Int64(position.partition), position.startOffset, position.nextOffset].map { String($0) }
        + [position.haltedReason.map { "HALTED: \($0)" } ?? ""]
    }
    let table = TextTable.lines([["partition", "start", "next", ""]] + rows)
    lines += table.map { line in "  \(String(line.reversed().drop { $0 == " " }.reversed()))" }
    return lines.joined(separator: "\n")
  }

  /// For programs.
  fileprivate var json: JSONValue {
    [
      "incarnation": .integer(Int64(identity.incarnation)), "open": .bool(closedAt == nil),
      "cluster_id": .string(identity.clusterID),
      "partition_count": .integer(Int64(identity.partitionCount)),
      "partitioner": .string(identity.placement.name),
      "started_from": startedFrom.map { .string($0) } ?? .null,
      "adopted_by": adoptedBy.map { .string($0) } ?? .null,
      "adopted_at": .string(Self.time(adoptedAt)),
      "closed_at": closedAt.map { .string(Self.time($0)) } ?? .null,
      "key_sample": keySample.map { .string($0) } ?? .null,
      "partitions": .array(positions.map(\.json)),
    ]
  }

  /// PostgreSQL counts microseconds from the year 2000.
  private static func time(_ microseconds: Int64) -> String {
    Timestamp.text(microseconds / 1_000 + 946_684_800_000)
  }
}
