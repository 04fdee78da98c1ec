/// Finds the word that somebody meant: the nearest by edits, if it is near enough to be worth naming.
enum Suggestion {
  static func nearest(to typed: String, among words: [String]) -> String? {
    let limit = max(1, min(3, typed.count / 3))
    var best: (word: String, distance: Int)?
    for word in words {
      let distance = distance(Array(typed), Array(word))
      if distance <= limit, distance < best?.distance ?? .max { best = (word, distance) }
    }
    // A beginning is as good as a typo: `--until` for `--until-idle`; only where it can mean one thing.
    let longer = words.filter { typed.count >= 4 && $0.hasPrefix(typed) }
    return best?.word ?? (longer.count == 1 ? longer.first : nil)
  }

  /// Insertions, deletions, changes, and swaps of neighbours (optimal string alignment).
  static func distance(_ one: [Character], _ other: [Character]) -> Int {
    var before: [Int] = []
    var above = Array(0...other.count)
    for row in one.indices {
      var current = [row + 1]
      for column in other.indices {
        let isSame = one[row] == other[column]
        var cost = min(above[column + 1] + 1, current[column] + 1, above[column] + (isSame ? 0 : 1))
        if row > 0, column > 0, one[row] == other[column - 1], one[row - 1] == other[column] {
          cost = min(cost, before[column - 1] + 1)
        }
        current.append(cost)
      }
      before = above
      above = current
    }
    return above[other.count]
  }
}
