/// A member of a JSON object: its name, and where its value is written.
struct JSONMember: Equatable, Sendable {
  let name: String
  let range: Range<Int>

  /// The members of an object that is all there is but white space; nil where the bytes are none.
  ///
  /// Finds its way by quotes and brackets, without recursion. What nested values hold beyond those is not judged: their
  /// bytes are handed on to whoever reads them.
  static func all(of bytes: some BidirectionalCollection<UInt8>) -> [JSONMember]? {
    var scan = JSONMemberScan(bytes: Array(bytes))
    return scan.members()
  }

  /// The text of a JSON string with its quotes; nil where the bytes are none.
  static func text(_ written: some Collection<UInt8>) -> String? {
    let bytes = Array(written)
    guard bytes.count >= 2, bytes.first == UInt8(ascii: "\""), bytes.last == UInt8(ascii: "\"") else {
      return nil
    }
    let inner = bytes[1..<bytes.count - 1]
    guard inner.contains(UInt8(ascii: "\\")) else { return String(validating: inner, as: UTF8.self) }
    return unescaped(inner)
  }

  private static func unescaped(_ inner: ArraySlice<UInt8>) -> String? {
    var units: [UInt16] = []
    guard let text = String(validating: inner, as: UTF8.self) else { return nil }
    var rest = text.utf16[...]
    while let unit = rest.popFirst() {
      guard unit == 0x5c else {
        units.append(unit)
        continue
      }
      guard let letter = rest.popFirst() else { return nil }
      if letter == 0x75 {
        guard rest.count >= 4, let code = UInt16(String(Substring(rest.prefix(4))), radix: 16) else {
          return nil
        }
        units.append(code)
        rest = rest.dropFirst(4)
      } else {
        guard let meant = escapes[letter] else { return nil }
        units.append(meant)
      }
    }
    return String(validating: units, as: UTF16.self)
  }

  private static let escapes: [UInt16: UInt16] = [
    0x22: 0x22, 0x5c: 0x5c, 0x2f: 0x2f, 0x62: 8, 0x66: 0x0c, 0x6e: 0x0a, 0x72: 0x0d, 0x74: 9,
  ]
}

/// One pass over an object's bytes.
private struct JSONMemberScan {
  let bytes: [UInt8]
  private var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func members() -> [JSONMember]? {
    guard take("{") else { return nil }
    var members: [JSONMember] = []
    if take("}") { return isAtEnd ? members : nil }
    while true {
      guard let name = string().flatMap({ JSONMember.text(bytes[$0]) }), take(":"), let range = value() else {
        return nil
      }
      members.append(JSONMember(name: name, range: range))
      if take(",") { continue }
      return take("}") && isAtEnd ? members : nil
    }
  }

  private var isAtEnd: Bool {
    mutating get { next == nil }
  }

  /// The next byte that is not white space, not consumed.
  private var next: UInt8? {
    mutating get {
      while position < bytes.count, [0x20, 0x0a, 0x0d, 0x09].contains(bytes[position]) { position += 1 }
      return position < bytes.count ? bytes[position] : nil
    }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  /// A string, quotes included.
  private mutating func string() -> Range<Int>? {
    guard next == UInt8(ascii: "\"") else { return nil }
    let start = position
    position += 1
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\\"): position += 2
      case UInt8(ascii: "\""):
        position += 1
        return start..<position
      default: position += 1
      }
    }
    return nil
  }

  private mutating func value() -> Range<Int>? {
    switch next {
    case UInt8(ascii: "\""): return string()
    case UInt8(ascii: "{"), UInt8(ascii: "["): return container()
    default:
      let start = position
      let word = bytes[start...].prefix {
        0x30...0x39 ~= $0 || 0x61...0x7a ~= $0 || $0 == 0x2b || $0 == 0x2d || $0 == 0x2e || $0 == 0x45
      }
      position = word.endIndex
      let isLiteral = ["true", "false", "null"].contains { word.elementsEqual($0.utf8) }
      let isNumber = word.first.map { $0 == 0x2d || 0x30...0x39 ~= $0 } ?? false
      return isLiteral || isNumber ? start..<position : nil
    }
  }

  private mutating func container() -> Range<Int>? {
    let start = position
    var closers: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "\""):
        guard string() != nil else { return nil }
        continue
      case UInt8(ascii: "{"): closers.append(UInt8(ascii: "}"))
      case UInt8(ascii: "["): closers.append(UInt8(ascii: "]"))
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        guard closers.popLast() == byte else { return nil }
      default: break
      }
      position += 1
      if closers.isEmpty { return start..<position }
    }
    return nil
  }
}
