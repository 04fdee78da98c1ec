public import PostgresClient
internal import Teller

// The tables' side of a comparison with the topics: short stretches in offset order.

extension Auditor {
  /// Turns the session to looking up stretches by index; checks over whole tables belong to another session.
  public mutating func prepareForStretches() throws(PostgresError) {
    try connection.execute(TopicStatements.settings)
  }

  /// All partitions of all incarnations of a topic.
  public mutating func partitions(of topic: String) throws(PostgresError) -> [AuditedPartition] {
    var parameters = Parameters(capacity: 256)
    parameters.text(topic)
    let rows = try connection.query(TopicStatements.partitions, parameters)
    var found: [AuditedPartition] = []
    for row in 0..<rows.count {
      found.append(
        AuditedPartition(
          id: try rows.int4(row, 0), incarnation: try rows.int4(row, 1), partition: try rows.int4(row, 2),
          start: try rows.int8(row, 3), next: try rows.int8(row, 4), published: try rows.int8(row, 5),
          isOpen: try rows.bool(row, 6)))
    }
    return found
  }

  /// The random id of each history, by its number.
  public mutating func histories() throws(PostgresError) -> [Int32: UInt128] {
    let rows = try connection.query(TopicStatements.histories)
    var found: [Int32: UInt128] = [:]
    for row in 0..<rows.count { found[try rows.int4(row, 0)] = try rows.uuid(row, 1) }
    return found
  }

  /// What was decided in a range, ascending.
  public mutating func outcomes(
    of partition: AuditedPartition, topic: String, in range: Range<Int64>
  ) throws(PostgresError) -> [AuditedOutcome] {
    var parameters = Parameters(capacity: 256)
    parameters.int4(partition.id)
    parameters.text(topic)
    parameters.int4(partition.incarnation)
    parameters.int4(partition.partition)
    parameters.int8(range.lowerBound)
    parameters.int8(range.upperBound)
    let rows = try connection.query(TopicStatements.outcomes, parameters)
    var previous = try offset(TopicStatements.decidedBefore, partition, range.lowerBound)
    var found: [AuditedOutcome] = []
    found.reserveCapacity(rows.count)
    for row in 0..<rows.count {
      let outcome = AuditedOutcome(
        offset: try rows.int8(row, 0), outcome: try rows.text(row, 1), code: try rows.optionalText(row, 2),
        key: try rows.isNull(row, 3) ? nil : try rows.uuid(row, 3), first: try Self.first(rows, row),
        epoch: try rows.int8(row, 8), decidedAt: try rows.text(row, 9), history: try rows.int4(row, 10),
        previous: previous)
      found.append(outcome)
      previous = outcome.offset
    }
    return found
  }

  private static func first(_ rows: Rows, _ row: Int) throws(PostgresError) -> FirstDecision? {
    guard try !rows.isNull(row, 6) else { return nil }
    return FirstDecision(
      code: try rows.optionalText(row, 7), incarnation: try rows.int4(row, 4),
      partition: try rows.int4(row, 5), offset: try rows.int8(row, 6))
  }

  /// The dead records of a range, ascending.
  public mutating func deaths(
    of partition: AuditedPartition, in range: Range<Int64>
  ) throws(PostgresError) -> [AuditedDeath] {
    let rows = try connection.query(TopicStatements.dead, Self.parameters(partition, range))
    var previous = try offset(TopicStatements.deadBefore, partition, range.lowerBound)
    var found: [AuditedDeath] = []
    for row in 0..<rows.count {
      let death = AuditedDeath(
        offset: try rows.int8(row, 0), code: try rows.text(row, 1), reason: try rows.text(row, 2),
        keyDigest: try rows.isNull(row, 3) ? nil : try rows.bytes(row, 3),
        valueDigest: try rows.isNull(row, 4) ? nil : try rows.bytes(row, 4),
        keyBytes: try rows.isNull(row, 5) ? nil : try rows.int4(row, 5),
        valueBytes: try rows.isNull(row, 6) ? nil : try rows.int4(row, 6),
        history: try rows.int4(row, 7), previous: previous)
      found.append(death)
      previous = death.offset
    }
    return found
  }

  /// The decided offsets of a range, ascending.
  public mutating func decidedOffsets(
    of partition: AuditedPartition, in range: Range<Int64>
  ) throws(PostgresError) -> [Int64] {
    let rows = try connection.query(TopicStatements.offsets, Self.parameters(partition, range))
    var found: [Int64] = []
    found.reserveCapacity(rows.count)
    for row in 0..<rows.count { found.append(try rows.int8(row, 0)) }
    return found
  }

  /// The gaps that touch a range, ascending.
  public mutating func gaps(
    of partition: AuditedPartition, in range: Range<Int64>
  ) throws(PostgresError) -> [AuditedGap] {
    let rows = try connection.query(TopicStatements.gaps, Self.parameters(partition, range))
    var found: [AuditedGap] = []
    for row in 0..<rows.count {
      let (first, last) = (try rows.int8(row, 0), try rows.int8(row, 1))
      found.append(AuditedGap(range: first..<(last + 1), isGivenUp: try rows.bool(row, 2)))
    }
    return found
  }

  /// How many offsets of a range are decided, or dead, and up to `limit` of them.
  public mutating func count(
    of partition: AuditedPartition, in range: Range<Int64>, deadOnly: Bool = false, limit: Int64 = 10
  ) throws(PostgresError) -> (count: Int64, first: [Int64]) {
    var parameters = Self.parameters(partition, range)
    parameters.int8(limit)
    let statement = deadOnly ? TopicStatements.countDead : TopicStatements.countDecided
    let rows = try connection.query(statement, parameters)
    var first: [Int64] = []
    for row in 0..<rows.count { first.append(try rows.int8(row, 0)) }
    return (rows.count > 0 ? try rows.int8(0, 1) : 0, first)
  }

  private mutating func offset(
    _ statement: Statement, _ partition: AuditedPartition, _ offset: Int64
  ) throws(PostgresError) -> Int64? {
    var parameters = Parameters(capacity: 64)
    parameters.int4(partition.id)
    parameters.int8(offset)
    let rows = try connection.query(statement, parameters)
    return try rows.isNull(0, 0) ? nil : try rows.int8(0, 0)
  }

  private static func parameters(_ partition: AuditedPartition, _ range: Range<Int64>) -> Parameters {
    var parameters = Parameters(capacity: 64)
    parameters.int4(partition.id)
    parameters.int8(range.lowerBound)
    parameters.int8(range.upperBound)
    return parameters
  }
}
