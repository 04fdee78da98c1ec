/// Ascending numbers in few words.
enum NumberList {
  /// `0 to 3, 7, 9 and 10`: runs of three and more are drawn together.
  static func text(_ numbers: [Int32]) -> String {
    var runs: [ClosedRange<Int32>] = []
    for number in numbers {
      if let last = runs.last, last.upperBound + 1 == number {
        runs[runs.count - 1] = last.lowerBound...number
      } else {
        runs.append(number...number)
      }
    }
    let words = runs.flatMap { run in
      run.count > 2 ? ["\(run.lowerBound) to \(run.upperBound)"] : run.map { "\($0)" }
    }
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " and " + last
  }
}
