public import Teller

/// The pipeline of a simulated transaction: statements wait here until the store sends them.
///
/// Belongs to one thread, as its store does.
public final class SimulatedTransaction {
  /// A statement: reads or changes the transaction's own copy of the tables.
  public typealias Statement = (inout SimulatedTables) throws(StoreFailure) -> Void

  private var waiting: [(part: TransactionPart, run: Statement)] = []
  var part = TransactionPart.engine

  /// Appends a statement; it runs with the store's next round trip.
  public func append(_ statement: @escaping Statement) { waiting.append((part, statement)) }

  /// Runs what waits. A data error in the engine's own statements is nobody's record.
  func run(on tables: inout SimulatedTables) throws(StoreFailure) {
    let statements = waiting
    waiting = []
    for statement in statements {
      do throws(StoreFailure) {
        try statement.run(&tables)
      } catch {
        guard error.kind == .refused, statement.part == .engine else { throw error }
        throw StoreFailure(.unexpected, code: error.code, message: error.message)
      }
    }
  }

  func clear() { waiting = [] }
}
