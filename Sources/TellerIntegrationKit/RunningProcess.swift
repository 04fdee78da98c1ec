import Foundation
import Synchronization

/// One started process: its id, its two reader threads, and signals that stop once its end is known.
// @unchecked: `process` is configured and run in `init`, before any other thread sees it; afterwards only its
// id is read, which no longer changes.
final class RunningProcess: @unchecked Sendable {
  private static let setpriv = "/usr/bin/setpriv"

  private let process = Process()
  private let ended = Mutex(false)

  init(
    _ executable: URL, _ arguments: [String], environment: [String: String], output: OutputLines
  ) throws {
    let path = executable.path
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw IntegrationError(.notFound, "there is no program at \(path)")
    }
    if FileManager.default.isExecutableFile(atPath: Self.setpriv) {
      process.executableURL = URL(fileURLWithPath: Self.setpriv)
      process.arguments = ["--pdeathsig", "KILL", "--", path] + arguments
    } else {
      process.executableURL = executable
      process.arguments = arguments
    }
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    let standardOutput = Pipe()
    let standardError = Pipe()
    process.standardOutput = standardOutput
    process.standardError = standardError
    process.terminationHandler = { [weak self] process in
      self?.ended.withLock { $0 = true }
      let bySignal = process.terminationReason == .uncaughtSignal
      output.exited(with: bySignal ? -process.terminationStatus : process.terminationStatus)
    }
    do { try process.run() } catch {
      throw IntegrationError(.notStarted, "\(path) could not be started: \(error)")
    }
    LineReader.start(standardOutput.fileHandleForReading, .standardOutput, into: output)
    LineReader.start(standardError.fileHandleForReading, .standardError, into: output)
  }

  var identifier: Int32 { process.processIdentifier }

  func signal(_ number: Int32) {
    ended.withLock { ended in
      // An ended child's id may be given to a stranger: no signal once the end has been seen.
      if !ended { _ = kill(process.processIdentifier, number) }
    }
  }
}

/// Turns a stream into lines on a thread of its own: a blocked reader must not hold a pool's thread.
private enum LineReader {
  static func start(_ handle: FileHandle, _ stream: ProcessLine.Stream, into output: OutputLines) {
    let thread = Thread {
      var rest: [UInt8] = []
      while true {
        let data = handle.availableData
        if data.isEmpty { break }
        for byte in data {
          if byte == UInt8(ascii: "\n") {
            output.append(String(decoding: rest, as: UTF8.self), from: stream)
            rest.removeAll(keepingCapacity: true)
          } else {
            rest.append(byte)
          }
        }
      }
      if !rest.isEmpty { output.append(String(decoding: rest, as: UTF8.self), from: stream) }
      output.streamClosed()
    }
    thread.start()
  }
}
