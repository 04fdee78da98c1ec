import Teller
import TellerPostgres

/// The two headers by which a redriven record says that it is one.
enum RedriveHeaders {
  /// How often the request was sent again, this time included; decimal, from 1.
  static let count = "teller-redrive-count"
  /// The dead letter that was redriven, as incarnation:partition:offset.
  static let origin = "teller-redrive-of"
  /// The highest count that is sent without `--force`.
  static let countMax: Int32 = 3

  /// How often a record's request was sent again before: the highest number that its headers claim. Anybody may write
  /// headers, so what is no such number does not count.
  static func redrives(_ headers: [RecordHeader]) -> Int32 {
    headers.filter { $0.name == count }.compactMap { header in
      guard let text = header.value.flatMap({ String(validating: $0, as: UTF8.self) }),
        text.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int32(text), number < .max
      else { return nil }
      return number
    }.max() ?? 0
  }

  /// The record's own headers in their order, and behind them the two with this redrive's values.
  static func headers(
    _ own: [RecordHeader], of id: DeadLetterID, count number: Int32
  ) -> [(String, [UInt8]?)] {
    own.filter { $0.name != count && $0.name != origin }.map { ($0.name, $0.value) } + [
      (count, Array(String(number).utf8)), (origin, Array(id.full.utf8)),
    ]
  }
}
