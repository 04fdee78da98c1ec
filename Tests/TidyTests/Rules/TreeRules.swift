import Foundation

/// Rules over whole files, whatever their language.
enum TreeRules {
  /// Folders of one machine, spelled in two pieces so that this file does not break its own rule.
  static let machineFolders = ["work", "root", "home"].map { "/" + $0 + "/" }

  /// A file must not name a place that exists on one machine only.
  static func machinePaths(in text: String, path: String) -> [Violation] {
    text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
      guard let folder = machineFolders.first(where: { line.contains($0) }) else { return nil }
      return Violation(path: path, line: index + 1, message: "names a machine's own folder \(folder)")
    }
  }

  /// Whether git's index has an entry of this name: paths stand in it as plain bytes.
  static func tracks(_ name: String, index: Data) -> Bool {
    index.range(of: Data(name.utf8)) != nil
  }
}
