/// A set of offsets as few ranges: what was seen of a partition is one range, and one more for each hole.
struct OffsetCover: Equatable, Sendable {
  /// Ascending, apart from one another, none empty.
  private(set) var ranges: [Range<Int64>] = []

  /// Adds a range and joins what touches it.
  mutating func insert(_ range: Range<Int64>) {
    guard !range.isEmpty else { return }
    // Nearly always it goes on behind the last one.
    if let last = ranges.last, last.upperBound >= range.lowerBound, last.lowerBound <= range.lowerBound {
      ranges[ranges.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      return
    }
    var (low, high) = (range.lowerBound, range.upperBound)
    let begin = index { $0.upperBound >= low }
    var end = begin
    while end < ranges.count, ranges[end].lowerBound <= high {
      low = min(low, ranges[end].lowerBound)
      high = max(high, ranges[end].upperBound)
      end += 1
    }
    ranges.replaceSubrange(begin..<end, with: [low..<high])
  }

  /// What it lacks of a range.
  func holes(in range: Range<Int64>) -> [Range<Int64>] {
    var holes: [Range<Int64>] = []
    var next = range.lowerBound
    for covered in ranges[index(where: { $0.upperBound > range.lowerBound })...] {
      guard covered.lowerBound < range.upperBound else { break }
      if covered.lowerBound > next { holes.append(next..<covered.lowerBound) }
      next = max(next, covered.upperBound)
    }
    if next < range.upperBound { holes.append(next..<range.upperBound) }
    return holes
  }

  func contains(_ offset: Int64) -> Bool {
    let place = index { $0.upperBound > offset }
    return place < ranges.count && ranges[place].contains(offset)
  }

  /// The first range for which it holds; all behind it hold, too.
  private func index(where holds: (Range<Int64>) -> Bool) -> Int {
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = (low + high) / 2
      if holds(ranges[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
