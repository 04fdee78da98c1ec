import Testing

@testable import Teller

@Suite struct `A second reading of a range` {
  struct Case: Sendable {
    let offsets: [Int64]
    let reached: Int64
    let low: Int64
    let gaps: [Range<Int64>]
    let isProof: Bool
  }

  /// The range is 10..<20.
  static let cases: [Case] = [
    Case(offsets: [10, 11, 14, 15, 16, 17, 18, 19], reached: 20, low: 0, gaps: [12..<14], isProof: true),
    Case(offsets: Array(12..<20), reached: 25, low: 10, gaps: [10..<12], isProof: true),
    Case(offsets: Array(10..<18), reached: 20, low: 0, gaps: [18..<20], isProof: true),
    Case(offsets: [], reached: 20, low: 0, gaps: [10..<20], isProof: true),
    // The reader did not get to the end, or the range begins before the log.
    Case(offsets: Array(10..<18), reached: 19, low: 0, gaps: [18..<20], isProof: false),
    Case(offsets: Array(12..<20), reached: 20, low: 11, gaps: [10..<12], isProof: false),
    // There is a record where the first reading saw none, or none where it saw one.
    Case(offsets: Array(10..<20), reached: 20, low: 0, gaps: [12..<14], isProof: false),
    Case(offsets: [10, 11, 14, 15, 16, 17, 18, 19], reached: 20, low: 0, gaps: [], isProof: false),
    Case(offsets: [10, 11, 15, 16, 17, 18, 19], reached: 20, low: 0, gaps: [12..<14], isProof: false),
    Case(offsets: [], reached: 20, low: 0, gaps: [10..<19], isProof: false),
  ]

  @Test(arguments: cases) func `proves exactly the holes that it saw itself`(row: Case) {
    let scan = LogScan(offsets: row.offsets, reached: row.reached, low: row.low)
    #expect(scan.confirms(gaps: row.gaps, of: 10..<20) == row.isProof)
  }
}
