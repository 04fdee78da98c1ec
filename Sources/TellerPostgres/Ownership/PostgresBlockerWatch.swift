public import PostgresClient
public import Teller

/// The control connection: terminates a backend of Teller's that blocks one of ours, if it has sat in the same
/// transaction, waiting for its client, unchanged, for more than a second.
///
/// The race it must not lose: 1. a healthy writer is between its read and write phase, in ClientRead for a moment;
/// 2. we look and see it; 3. it goes on. Seen once means nothing: only the same session in the same state a second
/// later is frozen, and the terminating statement checks all of it once more.
public final class PostgresBlockerWatch: BlockerWatch {
  static let frozenAfter = Duration.seconds(1)

  private struct Suspect: Hashable {
    let pid: Int32
    let startedAt: String
    let transactionAt: String
    let changedAt: String
    let application: String
  }

  private let configuration: PostgresConfiguration
  private let application: String
  private let now: @Sendable () -> Duration
  private var connection: Connection?
  private var suspects: [Suspect: Duration] = [:]

  /// - Parameter owner: the process's name as an owner; its sessions bear it.
  public init(_ configuration: PostgresConfiguration, owner: String, now: @escaping @Sendable () -> Duration)
  {
    self.configuration = configuration
    // PostgreSQL cuts names to 63 bytes; so must we, to find ourselves.
    self.application = String((SessionSettings.applicationPrefix + owner).prefix(63))
    self.now = now
  }

  /// Opens the control connection anew and forgets all suspects.
  public func reconnect() throws(StoreFailure) {
    connection = nil
    suspects = [:]
    do throws(PostgresError) {
      connection = try Connection.open(configuration)
    } catch {
      throw StoreFailure(error)
    }
  }

  /// Looks once; terminates those seen frozen for longer than a second and says which.
  public func look() throws(StoreFailure) -> [String] {
    do throws(PostgresError) {
      var evicted: [String] = []
      var still: [Suspect: Duration] = [:]
      for suspect in try blockers() {
        let since = suspects[suspect] ?? now()
        still[suspect] = since
        if now() - since > Self.frozenAfter, try terminate(suspect) {
          evicted.append(
            "backend \(suspect.pid) of \(suspect.application): it held a lock we wait for and its client sent nothing"
          )
        }
      }
      suspects = still
      return evicted
    } catch {
      throw StoreFailure(error)
    }
  }

  private func blockers() throws(PostgresError) -> [Suspect] {
    var parameters = Parameters()
    parameters.text(application)
    guard let rows = try connection?.query(BlockerStatements.look, parameters) else { return [] }
    var found: [Suspect] = []
    for row in 0..<rows.count {
      found.append(
        Suspect(
          pid: try rows.int4(row, 0), startedAt: try rows.text(row, 1), transactionAt: try rows.text(row, 2),
          changedAt: try rows.text(row, 3), application: try rows.text(row, 4)))
    }
    return found
  }

  private func terminate(_ suspect: Suspect) throws(PostgresError) -> Bool {
    var parameters = Parameters()
    parameters.text(application)
    parameters.int4(suspect.pid)
    parameters.text(suspect.startedAt)
    parameters.text(suspect.transactionAt)
    parameters.text(suspect.changedAt)
    guard let rows = try connection?.query(BlockerStatements.terminate, parameters) else { return false }
    return rows.count == 1 ? try rows.bool(0, 0) : false
  }
}
