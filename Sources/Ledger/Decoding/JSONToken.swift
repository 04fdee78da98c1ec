/// One JSON value of a record: what it is and where, nothing copied.
struct JSONToken {
  enum Kind: UInt8 {
    case absent, string, number, object, array, `true`, `false`, null
  }

  /// How a string is written.
  enum Spelling: UInt8 {
    /// The bytes between the quotes are the text.
    case plain
    /// There are escapes to resolve.
    case escaped
    /// There is an escape that no text may contain: `\u0000` or half a surrogate pair.
    case refused
  }

  var kind = Kind.absent
  var spelling = Spelling.plain
  /// The first byte; of a string, the one after its opening quote.
  var start: Int32 = 0
  /// The byte after the last; of a string, its closing quote.
  var end: Int32 = 0

  init() {}

  init(_ kind: Kind, _ range: Range<Int>, _ spelling: Spelling = .plain) {
    self.kind = kind
    self.spelling = spelling
    start = Int32(truncatingIfNeeded: range.lowerBound)
    end = Int32(truncatingIfNeeded: range.upperBound)
  }

  /// Where it is. Offsets fit 32 bits because a value over 64 KiB is refused before it is scanned.
  var range: Range<Int> { Int(start)..<Int(end) }
  var byteCount: Int { Int(end &- start) }
}

/// Why bytes are not JSON at all. Trivial, so that throwing it costs nothing.
enum JSONDefect: Error {
  case notUTF8
  case syntax
  case truncated
  case trailing

  var sentence: String {
    switch self {
    case .notUTF8: "the value is not UTF-8"
    case .syntax: "the value is not JSON"
    case .truncated: "the value ends before its JSON does"
    case .trailing: "the value goes on after its JSON"
    }
  }
}
