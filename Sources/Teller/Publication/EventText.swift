// Texts of events, appended to a buffer without a string between: tens of thousands are written each second.

extension [UInt8] {
  /// A number in decimal.
  mutating func append(decimal number: some FixedWidthInteger) {
    if number < 0 { append(UInt8(ascii: "-")) }
    var rest = UInt64(number.magnitude)
    let start = count
    repeat {
      append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    self[start...].reverse()
  }

  /// 36 characters of a UUID, in lower case.
  mutating func append(uuid bits: UInt128) {
    append(hex: UInt32(truncatingIfNeeded: bits >> 96), 0..<8)
    append(dashed: UInt32(truncatingIfNeeded: bits >> 64))
    append(dashed: UInt32(truncatingIfNeeded: bits >> 32))
    append(hex: UInt32(truncatingIfNeeded: bits), 0..<8)
  }

  /// A text as it is.
  mutating func append(text: String) { append(contentsOf: text.utf8) }

  /// A text as a JSON string, quotes included (RFC 8259, section 7).
  mutating func append(json text: String) {
    append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        append(UInt8(ascii: "\\"))
        append(byte)
      case 0..<0x20:
        append(text: "\\u00")
        append(byte >> 4 < 10 ? UInt8(ascii: "0") + byte >> 4 : UInt8(ascii: "1"))
        let low = byte & 15
        append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
      default: append(byte)
      }
    }
    append(UInt8(ascii: "\""))
  }

  /// A moment in UTC with six digits of a second (RFC 3339), from microseconds since 1970.
  ///
  /// Days to a civil date as Howard Hinnant describes it ("chrono-compatible low-level date algorithms").
  mutating func append(instant microseconds: Int64) {
    let (day, time) = microseconds.flooredDivision(by: 86_400_000_000)
    let shifted = day + 719_468
    let (era, dayOfEra) = shifted.flooredDivision(by: 146_097)
    let year = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * year + year / 4 - year / 100)
    let month = (5 * dayOfYear + 2) / 153
    let civilMonth = month < 10 ? month + 3 : month - 9
    append(year + era * 400 + (civilMonth <= 2 ? 1 : 0), digits: 4)
    append(UInt8(ascii: "-"))
    append(civilMonth, digits: 2)
    append(UInt8(ascii: "-"))
    append(dayOfYear - (153 * month + 2) / 5 + 1, digits: 2)
    append(UInt8(ascii: "T"))
    append(time / 3_600_000_000, digits: 2)
    append(UInt8(ascii: ":"))
    append(time / 60_000_000 % 60, digits: 2)
    append(UInt8(ascii: ":"))
    append(time / 1_000_000 % 60, digits: 2)
    append(UInt8(ascii: "."))
    append(time % 1_000_000, digits: 6)
    append(UInt8(ascii: "Z"))
  }

  /// The middle of a UUID: `-xxxx-xxxx`, whose last part runs on.
  private mutating func append(dashed word: UInt32) {
    append(UInt8(ascii: "-"))
    append(hex: word, 0..<4)
    append(UInt8(ascii: "-"))
    append(hex: word, 4..<8)
  }

  /// Some of a word's eight hexadecimal digits, made all at once: a nibble spread to each byte, 6 added to find the
  /// letters.
  private mutating func append(hex word: UInt32, _ digits: Range<Int>) {
    var spread = UInt64(word)
    spread = (spread | spread << 16) & 0x0000_ffff_0000_ffff
    spread = (spread | spread << 8) & 0x00ff_00ff_00ff_00ff
    spread = (spread | spread << 4) & 0x0f0f_0f0f_0f0f_0f0f
    let letters = (spread &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
    let text = (spread &+ 0x3030_3030_3030_3030 &+ letters &* 0x27).bigEndian
    // The bytes are read within the closure only.
    unsafe Swift.withUnsafeBytes(of: text) {
      unsafe append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[digits]))
    }
  }

  private mutating func append(_ number: Int64, digits: Int) {
    var unit: Int64 = 1
    for _ in 1..<digits { unit *= 10 }
    while unit > 0 {
      append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / unit % 10))
      unit /= 10
    }
  }
}

extension Int64 {
  fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, rest: Int64) {
    let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
    return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
  }
}
