public import PostgresClient

/// Opens accounts from the command line, a chunk a transaction, in the same serial order as the workers' batches:
/// the missing names are locked by stripe, looked for again, and only then a sequence number is drawn.
public struct AccountOpener: ~Copyable {
  /// How many accounts a transaction opens at most: it holds nearly all stripes for as long as it takes.
  public static let chunkMax = 5_000
  /// How often a chunk starts over because others opened its accounts between the two looks.
  static let attemptsMax = 20
  private var connection: Connection

  /// Connects.
  public init(_ configuration: PostgresConfiguration) throws(PostgresError) {
    connection = try Connection.open(configuration)
  }

  /// Opens the accounts that do not exist yet, all in one transaction; those that do are left as they are.
  ///
  /// - Parameter openings: at most `chunkMax`, each name once.
  /// - Throws: the server's error; then nothing of the chunk was opened, unless the connection was lost at its
  ///   COMMIT. Calling again opens what is missing.
  public mutating func open(_ openings: [OpeningOrder]) throws(PostgresError) -> OpeningReport {
    precondition(openings.count <= Self.chunkMax, "a chunk has at most \(Self.chunkMax) accounts")
    for _ in 0..<Self.attemptsMax {
      if let report = try attempt(openings) { return report }
    }
    throw PostgresError(
      kind: .server, sqlState: "40001", message: "others keep opening the same accounts",
      hint: "Open them from one place at a time.")
  }

  /// Frees the space of the load's row versions and gathers statistics. Outside of a transaction, after many rows.
  public mutating func vacuum() throws(PostgresError) {
    for statement in OpeningStatements.vacuum { try connection.execute(statement) }
  }

  /// nil: the world changed between the two looks.
  private mutating func attempt(_ openings: [OpeningOrder]) throws(PostgresError) -> OpeningReport? {
    var report = OpeningReport()
    let known = try existing(openings)
    var missing: [OpeningOrder] = []
    for opening in openings {
      guard let found = known[AccountKey(opening.account)] else {
        missing.append(opening)
        continue
      }
      if found == opening { report.existing += 1 } else { report.refused.append(opening.account) }
    }
    guard !missing.isEmpty else { return report }
    try connection.execute("begin isolation level read committed")
    do throws(PostgresError) {
      let isDone = try insert(missing)
      try connection.execute(isDone ? "commit" : "rollback")
      report.opened = missing.count
      return isDone ? report : nil
    } catch {
      if !connection.isBroken { _ = try? connection.execute("rollback") }
      throw error
    }
  }

  private mutating func existing(
    _ openings: [OpeningOrder]
  ) throws(PostgresError) -> [AccountKey: OpeningOrder] {
    var parameters = Parameters(capacity: 32 * openings.count)
    parameters.texts(count: openings.count) { openings[$0].account }
    let rows = try connection.query(OpeningStatements.find, parameters)
    var found: [AccountKey: OpeningOrder] = [:]
    for row in 0..<rows.count {
      let name = try rows.text(row, 0)
      found[AccountKey(name)] = OpeningOrder(
        account: name, currency: try rows.text(row, 1), balance: try rows.int8(row, 2),
        overdraft: try rows.isNull(row, 3) ? nil : try rows.int8(row, 3))
    }
    return found
  }

  /// False: one of the names exists by now.
  private mutating func insert(_ openings: [OpeningOrder]) throws(PostgresError) -> Bool {
    let locks = AccountStripe.locks(shared: EmptyCollection(), exclusive: openings.lazy.map(\.account))
    var parameters = Parameters(capacity: 64 * openings.count)
    parameters.int4s(count: locks.count) { locks[$0].stripe }
    parameters.bools(count: locks.count) { locks[$0].isExclusive }
    _ = try connection.query(AccountStatements.lockStripes, parameters)
    parameters.removeAll()
    parameters.texts(count: openings.count) { openings[$0].account }
    guard try connection.query(AccountStatements.lookAgain, parameters).int8(0, 0) == 0 else { return false }
    parameters.removeAll()
    parameters.int4(Int32(openings.count))
    let drawn = try connection.query(AccountStatements.drawIDs, parameters)
    var ids: [Int64] = []
    for row in 0..<drawn.count { ids.append(try drawn.int8(row, 0)) }
    let sequence = try connection.query(OpeningStatements.sequence).int8(0, 0)
    try write(openings, ids, sequence)
    return true
  }

  private mutating func write(
    _ openings: [OpeningOrder], _ ids: [Int64], _ sequence: Int64
  ) throws(PostgresError) {
    var parameters = Parameters(capacity: 96 * openings.count)
    parameters.int8(sequence)
    parameters.int4(nil)
    parameters.int8s(count: openings.count) { ids[$0] }
    parameters.texts(count: openings.count) { openings[$0].account }
    parameters.texts(count: openings.count) { openings[$0].currency }
    parameters.int8s(count: openings.count) { openings[$0].balance }
    parameters.int8s(count: openings.count, optional: { openings[$0].overdraft })
    parameters.int8s(count: openings.count, optional: { _ in nil })
    _ = try connection.query(AccountStatements.open, parameters)
    parameters.removeAll()
    parameters.int8s(count: openings.count) { ids[$0] }
    parameters.int8s(count: openings.count) { openings[$0].balance }
    parameters.int8s(count: openings.count) { _ in 0 }
    parameters.int8s(count: openings.count, optional: { openings[$0].overdraft })
    _ = try connection.query(AccountStatements.openBalances, parameters)
  }
}
