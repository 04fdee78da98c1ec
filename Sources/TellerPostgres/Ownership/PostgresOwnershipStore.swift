public import PostgresClient
public import Teller

/// The ownership thread's session with PostgreSQL.
public final class PostgresOwnershipStore: OwnershipStore {
  private let configuration: PostgresConfiguration
  private var connection: Connection?
  private var news = HistoryNews()

  /// A session that connects at its first use.
  public init(_ configuration: PostgresConfiguration) { self.configuration = configuration }

  /// Opens the session anew and raises the history where the server is another one. A standby counts as away.
  public func reconnect() throws(StoreFailure) {
    connection = nil
    do throws(PostgresError) {
      var opened = try Connection.open(configuration)
      news.saw(try ServerLife.observe(&opened))
      connection = consume opened
    } catch {
      throw StoreFailure(error)
    }
  }

  /// Raises the partition's epoch and sets its owner, where the incarnation is open; returns where to go on.
  public func takeOver(
    _ partition: Int32, of stream: StreamIdentity, owner: String
  ) throws(StoreFailure) -> Ownership {
    let found = try query(OwnershipStatements.partitionID) {
      $0.int4(stream.id)
      $0.int4(stream.incarnation)
      $0.int4(partition)
    }
    let id = try read(found) { rows throws(PostgresError) in rows.count == 1 ? try rows.int4(0, 0) : nil }
    guard let id else { throw Self.closed(partition, stream) }
    let taken = try query(OwnershipStatements.takeOver) {
      $0.int4(id)
      $0.text(owner)
    }
    let ownership = try read(taken) { rows throws(PostgresError) -> Ownership? in
      guard rows.count == 1 else { return nil }
      return Ownership(
        partition: partition, id: PartitionID(id), epoch: try rows.int8(0, 0), owner: owner,
        nextOffset: try rows.int8(0, 1),
        anchors: Anchors(last: try Self.anchor(rows, 2), checkpoint: try Self.anchor(rows, 4)))
    }
    guard let ownership else { throw Self.closed(partition, stream) }
    return ownership
  }

  /// Records that a partition is halted, and why, where this owner still owns it.
  public func halt(_ ownership: Ownership, reason: String) throws(StoreFailure) {
    _ = try query(OwnershipStatements.halt) {
      $0.int4(ownership.id.value)
      $0.int8(ownership.epoch)
      $0.text(ownership.owner)
      $0.text(reason)
    }
  }

  /// Records that the whole stream is halted, and why.
  public func haltStream(_ stream: StreamIdentity, reason: String) throws(StoreFailure) {
    _ = try query(OwnershipStatements.haltStream) {
      $0.int4(stream.id)
      $0.int4(stream.incarnation)
      $0.text(reason)
    }
  }

  /// The next offset of each partition of this incarnation, and why it stands still if it does.
  public func positions(of stream: StreamIdentity) throws(StoreFailure) -> [PartitionPosition] {
    let rows = try query(OwnershipStatements.positions) {
      $0.int4(stream.id)
      $0.int4(stream.incarnation)
    }
    return try read(rows) { rows throws(PostgresError) in
      var positions: [PartitionPosition] = []
      for row in 0..<rows.count {
        positions.append(
          PartitionPosition(
            partition: try rows.int4(row, 0), nextOffset: try rows.int8(row, 1),
            publishedOffset: try rows.int8(row, 2),
            haltedReason: try rows.isNull(row, 3) ? nil : try rows.text(row, 3)))
      }
      return positions
    }
  }

  /// Looks at the server again. Says why the history was raised since the last look, whoever raised it: this session,
  /// another one that connected sooner, or a person (`teller restored`).
  public func observeServer() throws(StoreFailure) -> String? {
    let rows = try query(HistoryStatements.observe) { _ in }
    news.saw(try read(rows) { rows throws(PostgresError) in try ServerLife(rows) })
    return news.tell()
  }

  /// Raises the history: decisions of the former one may be contradicted.
  public func raiseHistory(reason: String) throws(StoreFailure) {
    let rows = try query(HistoryStatements.raise) { $0.text(reason) }
    news.raised(to: try read(rows) { rows throws(PostgresError) in try rows.int4(0, 0) })
  }

  func query(
    _ statement: Statement, _ fill: (inout Parameters) -> Void
  ) throws(StoreFailure) -> Rows {
    if connection == nil { try reconnect() }
    var parameters = Parameters()
    fill(&parameters)
    do throws(PostgresError) {
      guard let rows = try connection?.query(statement, parameters) else {
        throw PostgresError(kind: .connection, message: "not connected to PostgreSQL")
      }
      return rows
    } catch {
      throw StoreFailure(error)
    }
  }

  func execute(_ sql: String) throws(StoreFailure) {
    if connection == nil { try reconnect() }
    do throws(PostgresError) {
      _ = try connection?.execute(sql)
    } catch {
      throw StoreFailure(error)
    }
  }

  func read<Result>(
    _ rows: Rows, _ body: (Rows) throws(PostgresError) -> Result
  ) throws(StoreFailure) -> Result {
    do throws(PostgresError) {
      return try body(rows)
    } catch {
      throw StoreFailure(error)
    }
  }

  private static func anchor(_ rows: Rows, _ column: Int) throws(PostgresError) -> Anchor? {
    try rows.isNull(0, column)
      ? nil : Anchor(offset: try rows.int8(0, column), digest: try rows.bytes(0, column + 1))
  }

  private static func closed(_ partition: Int32, _ stream: StreamIdentity) -> StoreFailure {
    StoreFailure(
      .unexpected,
      message: "partition \(partition) of \(stream.topic) is not open in incarnation \(stream.incarnation)",
      hint: "The topic was adopted anew; restart this worker.")
  }
}
