import Foundation
import Synchronization

/// The process's standard error, as a sink of lines.
public enum StandardError {
  /// One line at a time, also where a line is longer than a pipe takes at once.
  private static let turn = Mutex(())

  /// Writes a whole line in one call, or in as many as the system asks for. What cannot be written is lost: a
  /// log must not stop the program.
  @Sendable public static func write(_ line: String) {
    var rest = Array(line.utf8)[...]
    turn.withLock { _ in
      while !rest.isEmpty {
        let written = rest.withUnsafeBytes { Foundation.write(2, $0.baseAddress, $0.count) }
        if written > 0 { rest = rest.dropFirst(written) } else if written == 0 || errno != EINTR { return }
      }
    }
  }

  /// Whether lines may carry colours: standard error is a terminal, and `NO_COLOR` is unset or empty
  /// (https://no-color.org).
  public static var wantsColour: Bool {
    isatty(2) == 1 && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
  }
}
