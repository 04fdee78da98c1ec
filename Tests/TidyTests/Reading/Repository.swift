import Foundation

/// The checkout that this test was built from.
enum Repository {
  /// The repository's root: three folders above this file.
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Folders that hold nothing of ours.
  private static let skipped: Set<String> = [".git", ".build", ".swiftpm", ".vscode", ".idea"]

  /// The paths of all files, from the root, sorted.
  static let paths: [String] = list("").sorted()

  /// All Swift files, taken apart.
  static let swiftFiles: [SourceFile] = paths.filter { $0.hasSuffix(".swift") }.compactMap { path in
    text(of: path).map { SourceFile(path: path, text: $0) }
  }

  /// A file's text, or nil where it is not UTF-8.
  static func text(of path: String) -> String? {
    try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  /// What git tracks, as its index names it; empty where this is not an ordinary clone.
  static let index = (try? Data(contentsOf: root.appendingPathComponent(".git/index"))) ?? Data()

  private static func list(_ folder: String) -> [String] {
    let url = root.appendingPathComponent(folder)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
    return names.filter { !skipped.contains($0) }.flatMap { name -> [String] in
      let path = folder.isEmpty ? name : folder + "/" + name
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(
        atPath: root.appendingPathComponent(path).path, isDirectory: &isFolder)
      return isFolder.boolValue ? list(path) : [path]
    }
  }
}
