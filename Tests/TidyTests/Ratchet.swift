/// The sizes that the code has reached. Numbers here only go down; a new exception needs its reason beside it.
enum Ratchet {
  /// Half of the source files have at most so many lines.
  static let medianLines = 110
  /// Nine of ten source files have at most so many lines.
  static let ninetiethPercentileLines = 250
  /// No file, source or test, has more lines.
  static let fileLines = 350
  /// No function has more lines, from its `func` to its closing brace.
  static let functionLines = 60
  /// Files that may be longer than `fileLines`: path → lines.
  static let longFiles: [String: Int] = [:]
  /// Functions that may be longer than `functionLines`: `path name` → lines.
  static let longFunctions: [String: Int] = [:]
}
