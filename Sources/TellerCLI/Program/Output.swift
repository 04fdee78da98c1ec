import CommandTable
import EventLog
import Foundation

/// Where a command's results go (standard output) and its events (the log, on standard error).
struct Output: Sendable {
  /// Whether results are JSON, one object a line.
  let isJSON: Bool
  /// The log.
  let log: EventLog
  private let sink: @Sendable (String) -> Void
  private let errors: @Sendable (String) -> Void

  init(
    isJSON: Bool, log: EventLog, sink: @escaping @Sendable (String) -> Void = Output.standardOutput,
    errors: @escaping @Sendable (String) -> Void = StandardError.write
  ) {
    self.isJSON = isJSON
    self.log = log
    self.sink = sink
    self.errors = errors
  }

  /// The output that an invocation's `--json`, `--log-format` and `--log-level` ask for.
  init(
    _ invocation: Invocation, sink: @escaping @Sendable (String) -> Void,
    errors: @escaping @Sendable (String) -> Void
  ) {
    let level = invocation.string("--log-level").flatMap { EventLog.Level(rawValue: $0) } ?? .info
    let format = invocation.string("--log-format").flatMap { EventLog.Format(rawValue: $0) } ?? .text
    self.init(
      isJSON: invocation.flag("--json"), log: EventLog(minimum: level, format: format, sink: errors),
      sink: sink, errors: errors)
  }

  /// Writes one result: the text for people, or the JSON for programs.
  func result(_ text: @autoclosure () -> String, _ json: @autoclosure () -> JSONValue) {
    sink((isJSON ? json().text : text()) + "\n")
  }

  /// Says on standard error why the command ends, where it cannot throw any more.
  func failure(_ failure: CommandFailure) {
    errors((isJSON ? failure.json.text : failure.description) + "\n")
  }

  /// Writes a text as it is, in both forms: a script, a page of help.
  func raw(_ text: String) { sink(text) }

  /// Writes to standard output at once. A reader that has gone loses the rest, and the command goes on.
  @Sendable static func standardOutput(_ text: String) {
    try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
  }
}
