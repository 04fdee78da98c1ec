import TellerPostgres

/// What the audit of the topics finds: violations of I7 and I13, and what could not be checked.
struct TopicFindings {
  /// One invariant's violations: all counted, the first ones shown.
  struct Tally {
    static let rowsShown = 10
    private(set) var violations: Int64 = 0
    private(set) var rows: [String] = []
    private(set) var notes: [String] = []

    mutating func add(_ row: @autoclosure () -> JSONValue, count: Int64 = 1) {
      violations += count
      if rows.count < Self.rowsShown { rows.append(row().text) }
    }

    mutating func note(_ row: JSONValue) { notes.append(row.text) }
  }

  /// I7: events and dead letters of what is published, with the right content.
  var published = Tally()
  /// I13: the log, the tables and the events tell of the same offsets.
  var endToEnd = Tally()

  /// Both findings; `duration` is that of the whole reading.
  func findings(_ duration: Duration) -> [AuditFinding] {
    [("I7", "published", published), ("I13", "end to end", endToEnd)].map { id, name, tally in
      AuditFinding(
        id: id, name: name, violations: tally.violations, rows: tally.rows, notes: tally.notes,
        duration: duration)
    }
  }
}

extension AuditedPartition {
  /// Where a violation is.
  func row(_ what: String, offset: Int64, _ more: (String, JSONValue)...) -> JSONValue {
    .object(
      [
        ("what", .string(what)), ("incarnation", .integer(Int64(incarnation))),
        ("partition", .integer(Int64(partition))), ("offset", .integer(offset)),
      ] + more)
  }
}
