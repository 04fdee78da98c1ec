import Foundation

/// The lines of a file or of standard input, a piece at a time.
struct RequestLines {
  /// A line beyond this is no request, and no broker takes it either.
  static let lineBytesMax = 16 << 20
  private static let pieceBytes = 1 << 20

  private let handle: FileHandle
  private let name: String

  /// Opens a file, or takes standard input where the path is `-`.
  init(_ path: String) throws {
    name = path == "-" ? "standard input" : path
    guard path != "-" else {
      handle = .standardInput
      return
    }
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw CommandFailure(
        .wrongUsage, code: "no_file", what: "the file \(path) cannot be read",
        meaning: "nothing was sent", hint: "check the path and its permissions")
    }
    handle = file
  }

  /// Gives every line that is not empty, in order.
  func forEach(_ body: ([UInt8]) throws -> Void) throws {
    var splitter = LineSplitter()
    var length = 0
    while let piece = try read(), !piece.isEmpty {
      let lines = splitter.add(piece)
      length = lines.isEmpty ? length + piece.count : piece.count
      for line in lines { try body(line) }
      guard length <= Self.lineBytesMax else {
        throw CommandFailure(
          .fatal, code: "long_line", what: "\(name) has a line of more than \(Self.lineBytesMax >> 20) MiB",
          meaning: "the lines before it were sent", hint: "give JSON Lines: one request a line")
      }
    }
    if let rest = splitter.finish() { try body(rest) }
  }

  private func read() throws -> Data? {
    do {
      return try handle.read(upToCount: Self.pieceBytes)
    } catch {
      throw CommandFailure(
        .fatal, code: "read", what: "\(name) cannot be read: \(error.localizedDescription)",
        meaning: "the lines before it were sent",
        hint: "check the file, then send it again: a key counts once")
    }
  }
}
