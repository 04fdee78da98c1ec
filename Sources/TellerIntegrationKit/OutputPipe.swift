import Foundation
import Synchronization

/// A pipe from a child: its write end goes to the child, its read end is turned into lines.
final class OutputPipe: Sendable {
  let writeEnd: Int32
  private let readEnd: Int32
  private let writeEndIsOpen = Mutex(true)

  init() throws {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw IntegrationError(.notStarted, "no pipe: \(String(cString: strerror(errno)))")
    }
    // Other code of this process may start children too; they must not hold our ends open.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    readEnd = ends[0]
    writeEnd = ends[1]
  }

  deinit {
    closeWriteEnd()
    close(readEnd)
  }

  func closeWriteEnd() {
    writeEndIsOpen.withLock { isOpen in
      if isOpen { close(writeEnd) }
      isOpen = false
    }
  }

  /// Reads to the end on a thread of its own: a blocked read must not hold a thread of the test pool.
  func read(as stream: ProcessLine.Stream, into output: OutputLines) {
    let thread = Thread {
      var rest: [UInt8] = []
      while let chunk = self.nextChunk() {
        rest += chunk
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
          output.append(String(decoding: rest[..<end], as: UTF8.self), from: stream)
          rest.removeSubrange(...end)
        }
      }
      if !rest.isEmpty { output.append(String(decoding: rest, as: UTF8.self), from: stream) }
      output.streamClosed()
    }
    thread.start()
  }

  private func nextChunk() -> ArraySlice<UInt8>? {
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = Foundation.read(readEnd, &buffer, buffer.count)
      if count > 0 { return buffer[..<count] }
      if count == 0 || errno != EINTR { return nil }
    }
  }
}
