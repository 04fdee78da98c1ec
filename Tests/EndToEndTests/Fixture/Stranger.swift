import Foundation
import PostgresClient
import Synchronization

/// A session that is none of Teller's and holds every balance locked until it leaves.
final class Stranger: Sendable {
  private let leaving = DispatchSemaphore(value: 0)
  private let gone = DispatchSemaphore(value: 0)
  private let isGone = Mutex(false)

  init(_ scenario: Scenario) throws {
    let configuration = try PostgresConfiguration(url: scenario.database, applicationName: "stranger")
    let arrived = DispatchSemaphore(value: 0)
    let thread = Thread { [self] in
      try? stay(configuration, arrived)
      gone.signal()
    }
    thread.start()
    guard arrived.wait(timeout: .now() + 10) == .success else {
      throw ScenarioError("the stranger got no lock")
    }
  }

  private func stay(_ configuration: PostgresConfiguration, _ arrived: DispatchSemaphore) throws {
    var connection = try Connection.open(configuration)
    try connection.execute("begin; select 1 from ledger.account_balance for update")
    arrived.signal()
    leaving.wait()
  }

  /// Ends the session, and with it the locks. A second call does nothing.
  func leave() {
    guard
      isGone.withLock({ isGone in
        defer { isGone = true }
        return !isGone
      })
    else { return }
    leaving.signal()
    gone.wait()
  }
}
