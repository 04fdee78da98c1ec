/// One event, written as text or as JSON. No content of a field can end or forge a line.
struct Line {
  let time: Int64
  let level: EventLog.Level
  let message: String
  let fields: [EventLog.Field]

  func text(isColoured: Bool) -> String {
    var line = Timestamp.text(time) + " "
    if isColoured { line += level.colour }
    line += level.rawValue
    if isColoured { line += "\u{1B}[0m" }
    line += String(repeating: " ", count: 8 - level.rawValue.count)
    line += Self.printable(message)
    for (index, field) in fields.enumerated() {
      line += (index == 0 ? "  " : " ") + Self.bare(field.name) + "="
      line +=
        Redaction.hides(field.name) ? "***" : Self.quotedIfNeeded(Redaction.masked(field.value.description))
    }
    return line + "\n"
  }

  func json() -> String {
    var line = "{\"time\":\"\(Timestamp.text(time))\",\"level\":\"\(level.rawValue)\",\"message\":"
    JSONText.append(message, to: &line)
    for field in fields {
      // A field must not stand for the event's own three.
      let isTaken = ["time", "level", "message"].contains(field.name)
      line += ","
      JSONText.append(isTaken ? "field.\(field.name)" : field.name, to: &line)
      line += ":"
      if Redaction.hides(field.name) { line += "\"***\"" } else { Self.append(field.value, to: &line) }
    }
    return line + "}\n"
  }

  private static func append(_ value: any CustomStringConvertible & Sendable, to line: inout String) {
    switch value {
    case let number as any BinaryInteger & Sendable: line += number.description
    case let number as Double where number.isFinite: line += number.description
    case let isTrue as Bool: line += isTrue ? "true" : "false"
    default: JSONText.append(Redaction.masked(value.description), to: &line)
    }
  }

  /// The message as it is, but for what would break the line or drive the terminal.
  private static func printable(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: JSONText.mustEscape) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if JSONText.mustEscape(scalar) {
        JSONText.escape(scalar, to: &result)
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func bare(_ name: String) -> String {
    name.contains { $0 == " " || $0 == "=" || $0 == "\"" } ? quoted(name) : printable(name)
  }

  private static func quotedIfNeeded(_ text: String) -> String {
    let needs =
      text.isEmpty
      || text.unicodeScalars.contains {
        $0 == " " || $0 == "=" || $0 == "\"" || $0 == "\\" || JSONText.mustEscape($0)
      }
    return needs ? quoted(text) : text
  }

  private static func quoted(_ text: String) -> String {
    var result = ""
    JSONText.append(text, to: &result)
    return result
  }
}

extension EventLog.Level {
  fileprivate var colour: String {
    switch self {
    case .trace, .debug: "\u{1B}[2m"
    case .info: "\u{1B}[32m"
    case .notice: "\u{1B}[36m"
    case .warning: "\u{1B}[33m"
    case .error: "\u{1B}[31m"
    }
  }
}
