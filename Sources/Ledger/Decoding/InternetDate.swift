/// Dates and times as RFC 3339 (section 5.6) writes them; checked, never converted: Teller keeps the text.
enum InternetDate {
  /// Whether a text is a `date-time`, for instance `2026-03-01T09:30:00.25+01:00`.
  ///
  /// Days are checked against month and leap year; second 60 is a leap second, only at the end of an hour.
  static func isValid(_ text: [UInt8]) -> Bool {
    guard text.count >= 20, hasShape(text) else { return false }
    guard let year = number(text, 0, 4), let month = number(text, 5, 2), let day = number(text, 8, 2),
      let hour = number(text, 11, 2), let minute = number(text, 14, 2), let second = number(text, 17, 2)
    else { return false }
    guard 1...12 ~= month, 1...days(month, year) ~= day, hour < 24, minute < 60 else { return false }
    guard second < 60 || (second == 60 && minute == 59) else { return false }
    var zone = 19
    if text[zone] == UInt8(ascii: ".") {
      zone += 1
      let fraction = text[zone...].prefix { 0x30...0x39 ~= $0 }.count
      guard fraction > 0 else { return false }
      zone += fraction
    }
    return isZone(Array(text[zone...]))
  }

  private static func hasShape(_ text: [UInt8]) -> Bool {
    text[4] == UInt8(ascii: "-") && text[7] == UInt8(ascii: "-") && text[10] | 0x20 == UInt8(ascii: "t")
      && text[13] == UInt8(ascii: ":") && text[16] == UInt8(ascii: ":")
  }

  private static func isZone(_ zone: [UInt8]) -> Bool {
    if zone.count == 1 { return zone[0] | 0x20 == UInt8(ascii: "z") }
    guard zone.count == 6, zone[0] == UInt8(ascii: "+") || zone[0] == UInt8(ascii: "-"),
      zone[3] == UInt8(ascii: ":"), let hour = number(zone, 1, 2), let minute = number(zone, 4, 2)
    else { return false }
    return hour < 24 && minute < 60
  }

  private static func days(_ month: Int, _ year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func number(_ text: [UInt8], _ offset: Int, _ count: Int) -> Int? {
    var value = 0
    for digit in text[offset..<offset + count] {
      guard 0x30...0x39 ~= digit else { return nil }
      value = value * 10 + Int(digit - 0x30)
    }
    return value
  }
}
