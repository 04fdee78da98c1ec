import Foundation

/// The time of an event, in UTC with milliseconds.
public enum Timestamp {
  /// Milliseconds since 1970 by the system's clock.
  @Sendable public static func now() -> Int64 { Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)) }

  /// `2026-11-23T20:51:30.123Z`: from the count of days by Hinnant's `civil_from_days`, so that a line costs
  /// no formatter.
  public static func text(_ milliseconds: Int64) -> String {
    let (days, inDay) = floored(milliseconds, by: 86_400_000)
    let (era, dayOfEra) = floored(days + 719_468, by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    var text = ""
    pad(year, 4, "-", &text)
    pad(month, 2, "-", &text)
    pad(dayOfYear - (153 * shifted + 2) / 5 + 1, 2, "T", &text)
    pad(inDay / 3_600_000, 2, ":", &text)
    pad(inDay / 60_000 % 60, 2, ":", &text)
    pad(inDay / 1000 % 60, 2, ".", &text)
    pad(inDay % 1000, 3, "Z", &text)
    return text
  }

  private static func floored(_ value: Int64, by divisor: Int64) -> (Int64, Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }

  private static func pad(_ number: Int64, _ width: Int, _ end: String, _ text: inout String) {
    let digits = String(number)
    text += String(repeating: "0", count: max(0, width - digits.count)) + digits + end
  }
}
