/// How the text of each kind of value is checked: once, with a reason, and with nothing silently clamped.
extension Option {
  /// Why a text is not a value of an option, and what would be.
  struct Refusal: Error {
    let why: String
    let hint: String
  }

  func parse(_ text: String) throws(Refusal) -> Invocation.Value {
    guard !text.isEmpty || value == .repeated else {
      throw Refusal(why: "the value is empty", hint: "give a value, or leave the option out")
    }
    switch value {
    case .flag: return .flag(try Self.boolean(text))
    case .string, .repeated: return .text(text)
    case .integer: return .integer(try checked(Self.whole(text), "a number such as 100", unit: ""))
    case .integerOr(let words):
      if words.contains(text) { return .text(text) }
      let wanted = "a whole number or \(words.joined(separator: " or "))"
      return .integer(try checked(Self.whole(text), wanted, unit: ""))
    case .bytes:
      return .integer(try checked(Self.size(text), "bytes, or a size such as 64MiB", unit: " bytes"))
    case .duration: return .duration(try span(text))
    case .share: return .share(try Self.fraction(text))
    case .choice(let words): return .text(try Self.word(text, of: words))
    case .pairs: return .pairs([try Self.pair(text)])
    }
  }

  private func checked(_ number: Int64?, _ wanted: String, unit: String) throws(Refusal) -> Int64 {
    guard let number else {
      throw Refusal(why: "it is not a whole number that fits 64 bits", hint: "give \(wanted)")
    }
    if let range, !range.contains(number) {
      throw Refusal(why: "it is out of range", hint: "give \(Self.limits(range))\(unit)")
    }
    return number
  }

  private func span(_ text: String) throws(Refusal) -> Duration {
    let units: [(String, Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("", 1)]
    for (unit, factor) in units where text.hasSuffix(unit) {
      guard let number = Self.decimal(text.dropLast(unit.count)) else { continue }
      let seconds = number * factor
      // A century; beyond it the arithmetic of clocks overflows somewhere.
      guard seconds <= 3_155_760_000 else { break }
      if let range, seconds < Double(range.lowerBound) || seconds > Double(range.upperBound) {
        throw Refusal(why: "it is out of range", hint: "give \(Self.limits(range)) seconds")
      }
      return .milliseconds(Int64((seconds * 1000).rounded()))
    }
    throw Refusal(why: "it is not a length of time", hint: "give seconds, or a number with ms, s, m or h")
  }

  static func limits(_ range: ClosedRange<Int64>) -> String {
    range.upperBound == .max ? "\(range.lowerBound) or more" : "\(range.lowerBound) to \(range.upperBound)"
  }

  private static func whole(_ text: String) -> Int64? { Int64(text) }

  private static func size(_ text: String) -> Int64? {
    let units: [(String, Int64)] = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("", 1)]
    for (unit, factor) in units where text.hasSuffix(unit) {
      guard let number = Int64(text.dropLast(unit.count)) else { continue }
      let (product, overflow) = number.multipliedReportingOverflow(by: factor)
      return overflow ? nil : product
    }
    return nil
  }

  /// Digits with at most one point: `Double.init` alone would also take `nan`, `1e9` and `0x1p3`.
  private static func decimal(_ text: Substring) -> Double? {
    guard text.first?.isNumber == true, text.allSatisfy({ ("0"..."9").contains($0) || $0 == "." })
    else { return nil }
    return Double(text)
  }

  private static func boolean(_ text: String) throws(Refusal) -> Bool {
    switch text {
    case "true", "1": return true
    case "false", "0": return false
    default: throw Refusal(why: "it is neither true nor false", hint: "give true or false")
    }
  }

  private static func fraction(_ text: String) throws(Refusal) -> Double {
    let isPercent = text.hasSuffix("%")
    guard let number = decimal(isPercent ? text.dropLast() : text[...]) else {
      throw Refusal(why: "it is not a number", hint: "give a share such as 0.05 or 5%")
    }
    let share = isPercent ? number / 100 : number
    guard share <= 1 else {
      throw Refusal(why: "it is more than the whole", hint: "give a number from 0 to 1, or a percentage")
    }
    return share
  }

  static func word(_ text: String, of words: [String]) throws(Refusal) -> String {
    if words.contains(text) { return text }
    let meant = Suggestion.nearest(to: text, among: words).map { "did you mean \($0)? " } ?? ""
    throw Refusal(
      why: "it is not one of the values known", hint: meant + "give " + words.joined(separator: ", "))
  }

  private static func pair(_ text: String) throws(Refusal) -> Invocation.Pair {
    guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
      throw Refusal(why: "it has no key before an =", hint: "write key=value")
    }
    return Invocation.Pair(String(text[..<equals]), String(text[text.index(after: equals)...]))
  }
}
