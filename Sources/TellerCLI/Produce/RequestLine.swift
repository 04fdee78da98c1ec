import Foundation

/// One line of a file of requests (JSON Lines).
enum RequestLine {
  /// The record key that a request asks for: its debit account, or the account it opens; nil where the line
  /// does not say one. The line itself is sent as it is: judging it is the worker's work.
  static func key(of line: [UInt8]) -> [UInt8]? {
    guard let fields = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any] else {
      return nil
    }
    let name = fields["type"] as? String == "open_account" ? "account" : "debit_account"
    guard let key = fields[name] as? String, !key.isEmpty else { return nil }
    return Array(key.utf8)
  }
}

/// Splits bytes that come in pieces into lines, without their line ends; empty lines are left out.
struct LineSplitter {
  private var rest: [UInt8] = []

  /// The lines that a piece completes.
  mutating func add(_ piece: some Sequence<UInt8>) -> [[UInt8]] {
    rest.append(contentsOf: piece)
    guard let last = rest.lastIndex(of: Self.newline) else { return [] }
    let lines = rest[..<last].split(separator: Self.newline).map(Self.trimmed).filter { !$0.isEmpty }
    rest.removeSubrange(...last)
    return lines
  }

  /// What is left where the bytes do not end in a newline.
  mutating func finish() -> [UInt8]? {
    let line = Self.trimmed(rest[...])
    rest = []
    return line.isEmpty ? nil : line
  }

  private static let newline = UInt8(ascii: "\n")

  private static func trimmed(_ line: ArraySlice<UInt8>) -> [UInt8] {
    Array(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
  }
}
