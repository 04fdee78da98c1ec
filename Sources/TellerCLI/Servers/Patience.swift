import EventLog
import Foundation

/// A server that is down at the start is awaited, for a minute, and the person is told.
struct Patience {
  /// How long a server is awaited.
  static let limit = Duration.seconds(60)

  let log: EventLog
  let server: String
  private let deadline = ContinuousClock.now + Self.limit

  init(_ server: String, log: EventLog) {
    self.server = server
    self.log = log
  }

  /// Tries until it works or the time is over.
  /// - Parameter mayPass: whether waiting can mend this error.
  func attempt<Result, Failure: Error>(
    mayPass: (Failure) -> Bool, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var isTold = false
    while true {
      do throws(Failure) {
        return try body()
      } catch {
        guard mayPass(error), ContinuousClock.now < deadline else { throw error }
        if !isTold { log.warning("waiting for \(server), up to \(Self.limit)", ["cause": "\(error)"]) }
        isTold = true
        Thread.sleep(forTimeInterval: 0.5)
      }
    }
  }
}
