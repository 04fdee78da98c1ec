/// Writes a string as JSON does, escaping also what some readers take for the end of a line.
enum JSONText {
  static func append(_ text: String, to line: inout String) {
    line += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": line += "\\\""
      case "\\": line += "\\\\"
      default: if mustEscape(scalar) { escape(scalar, to: &line) } else { line.unicodeScalars.append(scalar) }
      }
    }
    line += "\""
  }

  /// Control characters, and the Unicode line ends NEL, LS and PS.
  static func mustEscape(_ scalar: Unicode.Scalar) -> Bool {
    let code = scalar.value
    return code < 0x20 || (0x7F...0x9F).contains(code) || code == 0x2028 || code == 0x2029
  }

  static func escape(_ scalar: Unicode.Scalar, to line: inout String) {
    switch scalar {
    case "\n": line += "\\n"
    case "\r": line += "\\r"
    case "\t": line += "\\t"
    default:
      let digits = String(scalar.value, radix: 16)
      line += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
  }
}
