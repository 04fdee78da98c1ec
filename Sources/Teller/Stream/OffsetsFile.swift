/// A person's own start offsets: lines of `partition offset`, or one JSON object such as `{"0":123,"1":45}`.
public enum OffsetsFile {
  /// Why a text is no list of offsets.
  public struct Flaw: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong, and in which line or field.
    public let description: String
  }

  /// Reads the text. Empty lines and those that begin with `#` are skipped; a partition may be named only once, in JSON
  /// too, where other readers keep the last of two silently.
  public static func parse(_ text: String) throws(Flaw) -> [Int32: Int64] {
    let trimmed = text.drop(while: \.isWhitespace)
    return try trimmed.hasPrefix("{") ? object(trimmed) : lines(text)
  }

  private static func lines(_ text: String) throws(Flaw) -> [Int32: Int64] {
    var offsets: [Int32: Int64] = [:]
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let words = line.split(whereSeparator: \.isWhitespace)
      if words.isEmpty || words[0].hasPrefix("#") { continue }
      guard words.count == 2 else {
        throw Flaw(description: "line \(number + 1) is not 'partition offset'")
      }
      try add(words[0], words[1], at: "line \(number + 1)", to: &offsets)
    }
    return try filled(offsets)
  }

  /// The one shape of JSON that is taken: no nesting, so no commas or colons inside a name or a value.
  private static func object(_ text: Substring) throws(Flaw) -> [Int32: Int64] {
    var body = text
    while body.last?.isWhitespace == true { body.removeLast() }
    guard body.count >= 2, body.last == "}" else { throw Flaw(description: "the JSON object does not end") }
    body = body.dropFirst().dropLast()
    var offsets: [Int32: Int64] = [:]
    if body.allSatisfy(\.isWhitespace) { return try filled(offsets) }
    for (number, field) in body.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
      let parts = field.split(separator: ":", omittingEmptySubsequences: false).map(trimmed)
      guard parts.count == 2, parts[0].count > 2, parts[0].hasPrefix("\""), parts[0].hasSuffix("\"") else {
        throw Flaw(description: "field \(number + 1) is not \"partition\": offset")
      }
      try add(parts[0].dropFirst().dropLast(), parts[1], at: "field \(number + 1)", to: &offsets)
    }
    return try filled(offsets)
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }

  private static func add(
    _ partition: Substring, _ offset: Substring, at place: String, to offsets: inout [Int32: Int64]
  ) throws(Flaw) {
    guard let number = Int32(partition), number >= 0, let position = Int64(offset), position >= 0 else {
      throw Flaw(description: "\(place): partition and offset are whole numbers from 0 on")
    }
    guard offsets.updateValue(position, forKey: number) == nil else {
      throw Flaw(description: "\(place): partition \(number) is named twice")
    }
  }

  private static func filled(_ offsets: [Int32: Int64]) throws(Flaw) -> [Int32: Int64] {
    if offsets.isEmpty { throw Flaw(description: "it names no partition") }
    return offsets
  }
}
