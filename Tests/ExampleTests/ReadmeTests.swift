import Foundation
import Testing

@Suite struct `The README` {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

  private static func text(_ path: String) throws -> String {
    try String(contentsOf: folder.appending(path: path), encoding: .utf8)
  }

  /// The lines between `// README: <name> begins` and `// README: <name> ends`, without their common margin.
  private static func excerpt(_ name: String, of source: String) throws -> String {
    var lines = source.components(separatedBy: "\n")
    let begin = try #require(lines.firstIndex { $0.hasSuffix("// README: \(name) begins") })
    let end = try #require(lines.firstIndex { $0.hasSuffix("// README: \(name) ends") })
    lines = lines[(begin + 1)..<end].reversed().drop { $0.isEmpty }.reversed()
    let margin = lines.filter { !$0.isEmpty }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
    return lines.map { $0.dropFirst(margin) + "\n" }.joined()
  }

  /// The code block right behind `<!-- Tests/ExampleTests/<path>: <name> -->`.
  private static func block(_ name: String, of path: String, in readme: String) throws -> String {
    let mark = try #require(readme.firstRange(of: "<!-- Tests/ExampleTests/\(path): \(name) -->\n```swift\n"))
    let rest = readme[mark.upperBound...]
    let end = try #require(rest.firstRange(of: "```\n"))
    return String(rest[..<end.lowerBound])
  }

  @Test(arguments: [("steps", "Stock/StockHandler.swift"), ("wiring", "Stock/StockWorker.swift")])
  func `shows the example as it is compiled here`(name: String, path: String) throws {
    let readme = try Self.text("../../README.md")
    #expect(
      try Self.block(name, of: path, in: readme) == Self.excerpt(name, of: Self.text(path)))
  }
}
