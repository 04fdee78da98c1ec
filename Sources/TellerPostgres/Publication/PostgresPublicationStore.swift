public import PostgresClient
public import Teller

/// The publisher's session with PostgreSQL. Its statements take no lock that a batch waits for or holds: a batch changes
/// the owner's row, publishing only the cursor's.
public final class PostgresPublicationStore: PublicationStore {
  private let configuration: PostgresConfiguration
  private let effects: (any EffectReading)?
  private var connection: Connection?

  /// A session that connects at its first use.
  /// - Parameter effects: what the handler's tables tell of its effects; nil: its events have no such members.
  public init(_ configuration: PostgresConfiguration, effects: (any EffectReading)? = nil) {
    self.configuration = configuration
    self.effects = effects
  }

  /// Reads the cursors in one statement, in no order.
  public func openCursors(_ ownerships: [Ownership]) throws(StoreFailure) -> [PublicationCursor] {
    guard !ownerships.isEmpty else { return [] }
    return try ask { connection throws(PostgresError) in
      let rows = try Self.query(PublicationStatements.cursors, &connection) { parameters in
        parameters.int4s(count: ownerships.count) { ownerships[$0].id.value }
        parameters.int8s(count: ownerships.count) { ownerships[$0].epoch }
        parameters.texts(count: ownerships.count) { ownerships[$0].owner }
      }
      var cursors: [PublicationCursor] = []
      for row in 0..<rows.count {
        cursors.append(
          PublicationCursor(
            partition: PartitionID(try rows.int4(row, 0)), published: try rows.int8(row, 1),
            previous: try rows.optionalInt8(row, 2), decided: try rows.int8(row, 3)))
      }
      return cursors
    }
  }

  /// Moves the cursors in one statement. Each partition may be wished for once.
  public func move(_ wishes: [CursorMove]) throws(StoreFailure) -> Set<PartitionID> {
    guard !wishes.isEmpty else { return [] }
    // Sorted: two that move the same rows queue up instead of deadlocking.
    let sorted = wishes.sorted { $0.partition.value < $1.partition.value }
    return try ask { connection throws(PostgresError) in
      let rows = try Self.query(PublicationStatements.move, &connection) { parameters in
        parameters.int4s(count: sorted.count) { sorted[$0].partition.value }
        parameters.int8s(count: sorted.count) { sorted[$0].epoch }
        parameters.texts(count: sorted.count) { sorted[$0].owner }
        parameters.int8s(count: sorted.count) { sorted[$0].published }
      }
      var moved: Set<PartitionID> = []
      for row in 0..<rows.count { moved.insert(PartitionID(try rows.int4(row, 0))) }
      return moved
    }
  }

  /// Reads a range by the indexes of the tables, and the effects from the handler's.
  public func decided(
    in range: Range<Int64>, of partition: PartitionID, rowsMax: Int
  ) throws(StoreFailure) -> [DecidedStretch] {
    guard !range.isEmpty else { return [] }
    var reading = DecidedReading(partition: partition, range: range, rowsMax: max(rowsMax, 1))
    return try ask { connection throws(PostgresError) in try reading.read(effects, on: &connection) }
  }

  /// Reads the table of histories.
  public func histories() throws(StoreFailure) -> [Int32: UInt128] {
    try ask { connection throws(PostgresError) in
      let rows = try connection.query(PublicationStatements.histories)
      var histories: [Int32: UInt128] = [:]
      for row in 0..<rows.count { histories[try rows.int4(row, 0)] = try rows.uuid(row, 1) }
      return histories
    }
  }

  /// Writes the reason into the cursors' rows.
  public func note(trouble: String, of partitions: [PartitionID]) throws(StoreFailure) {
    guard !partitions.isEmpty else { return }
    _ = try ask { connection throws(PostgresError) in
      try Self.query(PublicationStatements.note, &connection) { parameters in
        parameters.int4s(count: partitions.count) { partitions[$0].value }
        parameters.text(trouble)
      }
    }
  }

  /// Opens the session anew, on a server whose history is recorded. A standby counts as away.
  public func reconnect() throws(StoreFailure) {
    connection = nil
    do throws(PostgresError) {
      connection = try ServerLife.connect(configuration)
    } catch {
      throw StoreFailure(error)
    }
  }

  private func ask<Answer>(
    _ body: (inout Connection) throws(PostgresError) -> Answer
  ) throws(StoreFailure) -> Answer {
    if connection == nil { try reconnect() }
    guard var open = connection.take() else {
      throw StoreFailure(.disconnected(commitInDoubt: false), message: "not connected to PostgreSQL")
    }
    let answer: Result<Answer, PostgresError>
    do throws(PostgresError) {
      answer = .success(try body(&open))
    } catch {
      answer = .failure(error)
    }
    connection = consume open
    switch answer {
    case .success(let answer): return answer
    case .failure(let error): throw StoreFailure(error)
    }
  }

  static func query(
    _ statement: Statement, _ connection: inout Connection, _ fill: (inout Parameters) -> Void
  ) throws(PostgresError) -> Rows {
    var parameters = Parameters()
    fill(&parameters)
    return try connection.query(statement, parameters)
  }
}
