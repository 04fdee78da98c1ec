public import PostgresClient
public import Teller

/// The open pipeline of one batch: statements are appended, results come when the engine synchronizes.
///
/// Handlers see only this. A ticket stands for a statement's result until the transaction ends.
public final class PostgresTransaction {
  /// Stands for the result of a statement that was appended.
  public struct Ticket: Sendable {
    let index: Int
  }

  var connection: Connection?
  private var parameters = Parameters(capacity: 1 << 20)
  private var parts: [TransactionPart] = []
  private var results: [Rows] = []
  var part = TransactionPart.engine

  init() {}

  /// Appends one statement; `fill` adds its parameters, in order. The values are copied.
  /// - Throws: `disconnected` where the connection is gone; errors of the statement come later.
  @discardableResult
  public func send(
    _ statement: Statement, _ fill: (inout Parameters) -> Void = { _ in }
  ) throws(StoreFailure) -> Ticket {
    parameters.removeAll()
    fill(&parameters)
    do throws(PostgresError) {
      guard connection != nil else { throw Self.away }
      try connection?.send(statement, parameters)
    } catch {
      throw StoreFailure(error, part: part)
    }
    parts.append(part)
    return Ticket(index: parts.count - 1)
  }

  /// Appends a command without parameters.
  func send(sql: String) throws(StoreFailure) {
    do throws(PostgresError) {
      guard connection != nil else { throw Self.away }
      try connection?.send(sql: sql)
    } catch {
      throw StoreFailure(error, part: part)
    }
    parts.append(part)
  }

  /// The rows of a statement that a synchronization has answered.
  public func rows(_ ticket: Ticket) throws(StoreFailure) -> Rows {
    guard ticket.index < results.count else {
      throw StoreFailure(.unexpected, message: "a result was asked for before it was there")
    }
    return results[ticket.index]
  }

  /// Reads rows with a closure that throws the client's errors.
  public func read<Result>(
    _ ticket: Ticket, _ body: (Rows) throws(PostgresError) -> Result
  ) throws(StoreFailure) -> Result {
    let rows = try rows(ticket)
    do throws(PostgresError) {
      return try body(rows)
    } catch {
      throw StoreFailure(error, part: part)
    }
  }

  /// The command tag of the last answer.
  func lastTag() throws(StoreFailure) -> String {
    guard let last = results.last else {
      throw StoreFailure(.unexpected, message: "a transaction ended without an answer")
    }
    return last.commandTag
  }

  func start() {
    parts.removeAll(keepingCapacity: true)
    results.removeAll(keepingCapacity: true)
    part = .engine
  }

  /// Ends a segment and waits for its answers. `sent`: everything is on its way, nothing is answered.
  func synchronize(sent: () -> Void = {}) throws(StoreFailure) {
    do throws(PostgresError) {
      guard connection != nil else { throw Self.away }
      try connection?.sync()
    } catch {
      throw StoreFailure(error, part: part)
    }
    sent()
    var failure: StoreFailure?
    while true {
      let answer: PipelineResult
      do throws(PostgresError) {
        guard let next = try connection?.receive() else { throw Self.away }
        answer = next
      } catch {
        throw StoreFailure(error, part: part)
      }
      switch answer {
      case .synced:
        if let failure { throw failure }
        return
      case .rows(let rows): results.append(rows)
      case .aborted: break
      case .failed(let error):
        let part = results.count < parts.count ? parts[results.count] : part
        failure =
          error.sqlState == FencedRow.state ? FencedRow.failure(error) : StoreFailure(error, part: part)
      }
    }
  }

  private static let away = PostgresError(kind: .connection, message: "not connected to PostgreSQL")
}
