import Foundation
import Testing

@Suite struct `The README` {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

  private static func text(_ path: String) throws -> String {
    try String(contentsOf: folder.appending(path: path), encoding: .utf8)
  }

  /// The lines between `// README: <name> begins` and `// README: <name> ends`.
  private static func excerpt(_ name: String, of source: String) throws -> String {
    let begin = try #require(source.firstRange(of: "// README: \(name) begins\n"))
    let end = try #require(source.firstRange(of: "// README: \(name) ends"))
    return String(source[begin.upperBound..<end.lowerBound])
  }

  /// The code block right behind `<!-- Tests/ExampleTests/<path>: <name> -->`.
  private static func block(_ name: String, of path: String, in readme: String) throws -> String {
    let mark = try #require(readme.firstRange(of: "<!-- Tests/ExampleTests/\(path): \(name) -->\n```swift\n"))
    let rest = readme[mark.upperBound...]
    let end = try #require(rest.firstRange(of: "```\n"))
    return String(rest[..<end.lowerBound])
  }

  @Test(arguments: [("handler", "Stock/StockHandler.swift"), ("wiring", "Stock/StockWorker.swift")])
  func `shows the example as it is compiled here`(name: String, path: String) throws {
    let readme = try Self.text("../../README.md")
    #expect(
      try Self.block(name, of: path, in: readme) == Self.excerpt(name, of: Self.text(path)))
  }
}
