import Dispatch
import Foundation

/// Something that did not happen in a scenario.
struct ScenarioError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// Looks at what other processes do. They send no signal to a test, so it looks again and again, up to a limit.
enum Observation {
  /// Looks until `holds`. An error of a look counts as "not yet": a server may be away for a moment.
  static func wait(
    for what: String, within limit: Duration, every period: DispatchTimeInterval = .milliseconds(50),
    until holds: () throws -> Bool
  ) throws {
    let deadline = ContinuousClock.now + limit
    var lastError: (any Error)?
    while ContinuousClock.now < deadline {
      do {
        if try holds() { return }
        lastError = nil
      } catch {
        lastError = error
      }
      pause(period)
    }
    throw ScenarioError(
      "not seen within \(limit): \(what)" + (lastError.map { "; the last look: \($0)" } ?? ""))
  }

  /// Lets a load run for a while.
  static func pause(_ period: DispatchTimeInterval) {
    _ = DispatchSemaphore(value: 0).wait(timeout: .now() + period)
  }

  /// The state letter of a process in /proc: `T` is stopped by a signal. Nil once it is gone.
  static func state(of process: Int32) -> Character? {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      let end = text.lastIndex(of: ")")
    else { return nil }
    return text[text.index(after: end)...].first { $0 != " " }
  }
}

extension Observation {
  /// The memory that a process holds, in MiB; nil once it is gone.
  static func residentMebibytes(of process: Int32) -> Int? {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") })
    else { return nil }
    return line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }.map { $0 >> 10 }
  }
}
