import Foundation

/// What a process has said so far, line by line, and whether it has ended; waiters are woken, never polled.
// @unchecked: every stored property is only touched while `condition` is held.
final class OutputLines: @unchecked Sendable {
  private let condition = NSCondition()
  private var lines: [ProcessLine] = []
  private var openStreams = 2
  private var status: Int32?

  /// All lines so far, in the order of arrival.
  var all: [ProcessLine] { condition.withLock { lines } }

  func append(_ text: String, from stream: ProcessLine.Stream) {
    condition.withLock {
      lines.append(ProcessLine(stream: stream, text: text))
      condition.broadcast()
    }
  }

  func streamClosed() {
    condition.withLock {
      openStreams -= 1
      condition.broadcast()
    }
  }

  func exited(with code: Int32) {
    condition.withLock {
      status = code
      condition.broadcast()
    }
  }

  /// The exit status, if the process has ended.
  var exitStatus: Int32? { condition.withLock { status } }

  /// Waits for a line; nil when the time is over or both streams have ended without it.
  func firstLine(containing text: String, from start: Int, before deadline: Date) -> ProcessLine? {
    condition.withLock {
      var next = start
      while true {
        while next < lines.count {
          if lines[next].text.contains(text) { return lines[next] }
          next += 1
        }
        if openStreams == 0 || !condition.wait(until: deadline) { return nil }
      }
    }
  }

  /// Waits until both streams have ended; false when the time is over.
  func bothStreamsEnded(before deadline: Date) -> Bool {
    condition.withLock {
      while openStreams > 0 {
        if !condition.wait(until: deadline) { return openStreams == 0 }
      }
      return true
    }
  }

  /// Waits for the end; nil when the time is over.
  func exitStatus(before deadline: Date) -> Int32? {
    condition.withLock {
      while true {
        if let status { return status }
        if !condition.wait(until: deadline) { return status }
      }
    }
  }
}

/// One line of a process's output, without its line end.
public struct ProcessLine: Sendable, Equatable {
  /// Where a line was written.
  public enum Stream: Sendable { case standardOutput, standardError }

  /// Where the line was written.
  public let stream: Stream
  /// The line; bytes that are not UTF-8 are replaced.
  public let text: String
}
