import Dispatch
import Foundation
import PostgresClient
import Synchronization

/// Looks at the published offsets for as long as a scenario lasts: a cursor never moves back.
final class CursorWatch: Sendable {
  private let state = Mutex((isOver: false, looks: 0, fallen: [String]()))
  private let tick = DispatchSemaphore(value: 0)
  private let done = DispatchSemaphore(value: 0)

  init(_ scenario: Scenario) {
    let thread = Thread { [self] in
      watch(scenario)
      done.signal()
    }
    thread.start()
  }

  /// Ends the watch. Returns each fall, and how often it looked.
  func stop() -> (fallen: [String], looks: Int) {
    state.withLock { $0.isOver = true }
    tick.signal()
    done.wait()
    return state.withLock { ($0.fallen, $0.looks) }
  }

  private func watch(_ scenario: Scenario) {
    let question = Statement(
      "cursors",
      """
      select incarnation, partition, published_offset from teller.partition_owner where topic = '\(scenario.topic)'
      """)
    var highest: [String: Int64] = [:]
    while !state.withLock({ $0.isOver }) {
      do {
        var connection = try Connection.open(
          PostgresConfiguration(url: scenario.database, applicationName: "cursor-watch"))
        while !state.withLock({ $0.isOver }) {
          let rows = try connection.query(question)
          for row in 0..<rows.count {
            let place = "\(try rows.int4(row, 0)):\(try rows.int4(row, 1))"
            note(place, try rows.int8(row, 2), &highest)
          }
          state.withLock { $0.looks += 1 }
          _ = tick.wait(timeout: .now() + .milliseconds(10))
        }
      } catch {
        // A server that is away for a moment is looked at again.
        _ = tick.wait(timeout: .now() + .milliseconds(100))
      }
    }
  }

  private func note(_ place: String, _ published: Int64, _ highest: inout [String: Int64]) {
    let former = highest.updateValue(published, forKey: place) ?? published
    guard published < former else { return }
    state.withLock { $0.fallen.append("\(place) went from \(former) to \(published)") }
  }
}
