public import PostgresClient

/// The dead letters that a filter lets through, page by page: by incarnation, partition and offset.
///
/// A page begins behind the last letter of the one before, whatever happened to that in between; so each letter comes
/// once, and memory holds one page.
public struct DeadLetterPages: Sendable {
  private let filter: DeadLetterFilter
  private var partitions: ArraySlice<Int32>
  private var after: Int64 = -1

  /// Looks up the partitions.
  public init(_ filter: DeadLetterFilter, on connection: inout Connection) throws(PostgresError) {
    self.filter = filter
    var parameters = Parameters(capacity: 256)
    parameters.text(filter.topic)
    parameters.int4(filter.partition)
    let rows = try connection.query(DeadLetterStatements.partitions, parameters)
    var ids: [Int32] = []
    for row in 0..<rows.count { ids.append(try rows.int4(row, 0)) }
    partitions = ids[...]
  }

  /// At most `limit` more; empty at the end. A page that is not full is the last.
  public mutating func next(
    limit: Int64, on connection: inout Connection
  ) throws(PostgresError) -> [DeadLetterSummary] {
    var page: [DeadLetterSummary] = []
    while Int64(page.count) < limit, let partition = partitions.first {
      let letters = try letters(of: partition, limit: limit - Int64(page.count), &connection)
      page += letters
      if let last = letters.last {
        after = last.id.offset
      } else {
        partitions = partitions.dropFirst()
        after = -1
      }
    }
    return page
  }

  private func letters(
    of partition: Int32, limit: Int64, _ connection: inout Connection
  ) throws(PostgresError) -> [DeadLetterSummary] {
    var parameters = Parameters(capacity: 256)
    parameters.int4(partition)
    parameters.int8(after)
    parameters.text(filter.code)
    parameters.text(filter.state?.rawValue)
    parameters.float8(filter.withinSeconds)
    parameters.timestamptz(filter.diedBy)
    parameters.int8(limit)
    let rows = try connection.query(DeadLetterStatements.page, parameters)
    var letters: [DeadLetterSummary] = []
    for row in 0..<rows.count { letters.append(try DeadLetterSummary(rows, row)) }
    return letters
  }
}

/// How many dead letters of one code a filter lets through.
public struct DeadLetterTotal: Equatable, Sendable {
  /// The code.
  public let code: String
  /// How many letters.
  public let letters: Int64
  /// How many of them carry a key that another record has decided since.
  public let decided: Int64

  /// The totals of a filter, by code.
  public static func read(
    _ filter: DeadLetterFilter, on connection: inout Connection
  ) throws(PostgresError) -> [DeadLetterTotal] {
    var parameters = Parameters(capacity: 256)
    parameters.text(filter.topic)
    parameters.int4(filter.partition)
    parameters.text(filter.code)
    parameters.text(filter.state?.rawValue)
    parameters.float8(filter.withinSeconds)
    parameters.timestamptz(filter.diedBy)
    let rows = try connection.query(DeadLetterStatements.totals, parameters)
    var totals: [DeadLetterTotal] = []
    for row in 0..<rows.count {
      totals.append(
        DeadLetterTotal(
          code: try rows.text(row, 0), letters: try rows.int8(row, 1), decided: try rows.int8(row, 2)))
    }
    return totals
  }
}
