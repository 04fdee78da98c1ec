public import Foundation

/// A process started by a test: its output line by line, waits that are woken, signals, and no way to leak.
///
/// The child dies with the test process, however that ends: `atexit` covers an ordinary end, the kernel's
/// parent-death signal (through util-linux's `setpriv`, where it is installed) a killed one.
public final class ChildProcess: Sendable {
  private let process: RunningProcess
  private let output: OutputLines
  /// The name used in messages.
  public let name: String

  /// Starts `executable`; `environment` is laid over the test's own.
  ///
  /// - Throws: `IntegrationError` when the program cannot be started.
  public init(_ executable: URL, _ arguments: [String], environment: [String: String] = [:]) throws {
    name = executable.lastPathComponent
    let output = OutputLines()
    self.output = output
    process = try RunningProcess(executable, arguments, environment: environment, output: output)
    ChildRegistry.shared.add(process)
  }

  deinit {
    kill()
  }

  /// The process id; meaningful while the process runs.
  public var processIdentifier: Int32 { process.identifier }

  /// All lines so far, of both streams, in the order of arrival.
  public var lines: [ProcessLine] { output.all }

  /// The lines of standard output so far.
  public var standardOutput: [String] {
    output.all.filter { $0.stream == .standardOutput }.map(\.text)
  }

  /// The lines of standard error so far.
  public var standardError: [String] {
    output.all.filter { $0.stream == .standardError }.map(\.text)
  }

  /// Waits until a line that contains `text` has come, from the `start`-th line on, and returns it.
  ///
  /// - Throws: `IntegrationError.Code.lineNotSeen` when the time is over or the output has ended.
  @discardableResult
  public func waitForLine(
    containing text: String, within limit: Duration, from start: Int = 0
  ) throws -> String {
    if let line = output.firstLine(containing: text, from: start, before: Date(after: limit)) {
      return line.text
    }
    let state = exitStatus.map { "ended with \($0)" } ?? "still runs"
    throw IntegrationError(
      .lineNotSeen, "\(name) (\(state)) did not say '\(text)' within \(limit); its last lines:\n\(tail())")
  }

  /// Waits for the end and returns the exit status, or minus the signal's number when a signal ended it.
  ///
  /// - Throws: `IntegrationError.Code.stillRunning` when the time is over.
  @discardableResult
  public func waitForExit(within limit: Duration) throws -> Int32 {
    if let status = output.exitStatus(before: Date(after: limit)) { return status }
    throw IntegrationError(
      .stillRunning, "\(name) had not ended within \(limit); its last lines:\n\(tail())")
  }

  /// Waits until both output streams have ended, so that `lines` is complete.
  ///
  /// - Throws: `IntegrationError.Code.stillRunning` when something still holds them open.
  public func waitForOutputEnd(within limit: Duration) throws {
    if output.bothStreamsEnded(before: Date(after: limit)) { return }
    throw IntegrationError(.stillRunning, "the output of \(name) had not ended within \(limit)")
  }

  /// The exit status (minus the signal's number after a signal), or nil while the process runs.
  public var exitStatus: Int32? { output.exitStatus }

  /// Sends a signal (`SIGTERM`, `SIGKILL`, `SIGSTOP`, `SIGCONT`); nothing happens once the process has ended.
  public func signal(_ number: Int32) {
    process.signal(number)
  }

  /// Ends the process, and what it has started, at once and waits until it is gone.
  public func kill() {
    process.signal(SIGKILL, wholeGroup: true)
    _ = output.exitStatus(before: Date(after: .seconds(10)))
  }

  /// The last lines of the output, for messages.
  public func tail(_ count: Int = 15) -> String {
    output.all.suffix(count).map(\.text).joined(separator: "\n")
  }
}

extension Date {
  /// The moment that lies `limit` ahead.
  init(after limit: Duration) {
    let (seconds, attoseconds) = limit.components
    self.init(timeIntervalSinceNow: Double(seconds) + Double(attoseconds) * 1e-18)
  }
}
