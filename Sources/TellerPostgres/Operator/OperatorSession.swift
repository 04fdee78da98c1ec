public import PostgresClient
internal import Teller

/// An operator's session: what a person does to a partition or to the history, each with its record of who and why.
public struct OperatorSession: ~Copyable {
  private var connection: Connection

  /// Connects. A server that is another one than before raises the history first; a standby is refused.
  public static func open(_ configuration: PostgresConfiguration) throws(PostgresError) -> OperatorSession {
    OperatorSession(connection: try ServerLife.connect(configuration))
  }

  private init(connection: consuming Connection) { self.connection = connection }

  /// How a partition of the topic's open incarnation stands; nil: there is none.
  public mutating func standing(
    of partition: Int32, topic: String
  ) throws(PostgresError) -> PartitionStanding? {
    try standing(OperatorStatements.standing, of: partition, topic: topic)
  }

  /// Clears a halt. The owner is left as it is: it finds the halt cleared and claims the partition anew, which checks
  /// the log again.
  /// - Returns: how the partition stood before.
  public mutating func resume(
    _ partition: Int32, topic: String, _ note: OperatorNote
  ) throws(OperatorRefusal) -> PartitionStanding {
    try transact { session throws(OperatorRefusal) in
      let standing = try session.locked(partition, topic)
      guard let halt = standing.haltedReason else { throw .notHalted }
      try session.change(OperatorStatements.resume) { parameters in
        parameters.int4(standing.id.value)
        parameters.text(halt)
        parameters.text(note.user)
        parameters.text(note.reason)
      }
      return standing
    }
  }

  /// Leaves the offsets from where the partition stands up to `offset` undecided for ever: records them as a gap, raises
  /// the epoch and clears the owner, so that whoever works on it is fenced and claims it anew.
  ///
  /// The anchors stay: before the gap they still prove the log, or have left it by retention, which is accepted.
  /// - Parameter nextOffset: where the partition stood when the wish was checked against the log.
  /// - Returns: how the partition stood before.
  public mutating func skip(
    _ partition: Int32, topic: String, from nextOffset: Int64, to offset: Int64, _ note: OperatorNote
  ) throws(OperatorRefusal) -> PartitionStanding {
    try transact { session throws(OperatorRefusal) in
      let standing = try session.locked(partition, topic)
      guard standing.haltedReason != nil || !standing.isOwnerAlive else {
        throw .isOwned(by: standing.owner)
      }
      guard standing.nextOffset == nextOffset else { throw .moved(nextOffset: standing.nextOffset) }
      guard offset > nextOffset else { throw .goesBack(nextOffset: nextOffset) }
      try session.change(OperatorStatements.skip) { parameters in
        parameters.int4(standing.id.value)
        parameters.int8(nextOffset)
        parameters.int8(offset)
        parameters.text("skipped by operator: \(note.reason)")
        parameters.text(standing.haltedReason)
        parameters.text(note.user)
        parameters.text(note.reason)
      }
      return standing
    }
  }

  /// Raises the history, as after a restore that no server can notice by itself.
  /// - Returns: the numbers before and after; nil before where there was none.
  public mutating func raiseHistory(
    reason: String
  ) throws(PostgresError) -> (from: Int32?, to: Int32) {
    let former = try connection.query(OperatorStatements.currentHistory)
    var parameters = Parameters(capacity: 512)
    parameters.text(reason)
    let raised = try connection.query(HistoryStatements.raise, parameters)
    return (former.count == 1 ? try former.int4(0, 0) : nil, try raised.int4(0, 0))
  }

  private mutating func standing(
    _ statement: Statement, of partition: Int32, topic: String
  ) throws(PostgresError) -> PartitionStanding? {
    var parameters = Parameters(capacity: 256)
    parameters.text(topic)
    parameters.int4(partition)
    parameters.text(SessionSettings.applicationPrefix)
    let rows = try connection.query(statement, parameters)
    return rows.count == 1 ? try PartitionStanding(partition, rows) : nil
  }

  private mutating func locked(
    _ partition: Int32, _ topic: String
  ) throws(OperatorRefusal) -> PartitionStanding {
    let found: PartitionStanding?
    do throws(PostgresError) {
      found = try standing(OperatorStatements.lockedStanding, of: partition, topic: topic)
    } catch {
      throw .database(error)
    }
    guard let found else { throw .unknownPartition }
    return found
  }

  private mutating func change(
    _ statement: Statement, _ fill: (inout Parameters) -> Void
  ) throws(OperatorRefusal) {
    var parameters = Parameters(capacity: 1_024)
    fill(&parameters)
    do throws(PostgresError) {
      let rows = try connection.query(statement, parameters)
      guard rows.count == 1 else {
        throw PostgresError(kind: .usage, message: "a locked row was not changed")
      }
    } catch {
      throw .database(error)
    }
  }

  private mutating func transact<Result>(
    _ body: (inout OperatorSession) throws(OperatorRefusal) -> Result
  ) throws(OperatorRefusal) -> Result {
    do throws(PostgresError) {
      try connection.execute(OperatorStatements.begin)
    } catch {
      throw .database(error)
    }
    do throws(OperatorRefusal) {
      let result = try body(&self)
      do throws(PostgresError) {
        try connection.execute(OperatorStatements.commit)
      } catch {
        throw .database(error)
      }
      return result
    } catch {
      // The error that matters is the first; a connection that is gone has rolled back by itself.
      _ = try? connection.execute(OperatorStatements.rollback)
      throw error
    }
  }
}
