/// One command of the program: what it is called, what it does, and what it takes.
public struct Command: Sendable {
  /// The words that call it, for instance `["accounts", "open"]`.
  public let path: [String]
  /// One line for the list of commands, without a full stop.
  public let summary: String
  /// Paragraphs for the command's own help, separated by an empty line.
  public let discussion: String
  /// A command line that works, or several lines of them.
  public let example: String
  /// The options that only this command has.
  public let options: [Option]
  /// The options that it shares with others.
  public let shared: [OptionGroup]
  /// The words it takes after its path, in order; required ones first.
  public let arguments: [Argument]

  /// A command from its parts.
  public init(
    _ path: [String], summary: String, discussion: String = "", example: String,
    arguments: [Argument] = [], options: [Option] = [], shared: [OptionGroup] = []
  ) {
    self.path = path
    self.summary = summary
    self.discussion = discussion
    self.example = example
    self.options = options
    self.shared = shared
    self.arguments = arguments
  }

  /// The path as it is typed: `accounts open`.
  public var name: String { path.joined(separator: " ") }
}
