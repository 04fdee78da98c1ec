public import Foundation

/// The program's commands and options in one table, from which parsing, help and completions are made.
///
/// Values come from a `.properties` file, the environment and the flags, in rising precedence, and each is
/// checked once, with a reason. The table knows nothing of what the commands do.
public struct CommandTable: Sendable {
  /// The program's name as it is typed.
  public let program: String
  /// What `--version` prints after the name.
  public let version: String
  /// What the program is, in one or two sentences.
  public let summary: String
  /// A few command lines for the top-level help.
  public let example: String
  /// The options that every command takes.
  public let globals: OptionGroup
  /// The name of the global option that gives the configuration file, for instance `--config`.
  public let configuration: String?
  /// What each exit code means, for the top-level help.
  public let exitCodes: [(code: String, meaning: String)]
  /// All commands, in the order of help; those with the same first word form a group.
  public let commands: [Command]

  /// A table from its parts. No command's path may be the beginning of another's.
  public init(
    program: String, version: String, summary: String, example: String, globals: OptionGroup,
    configuration: String? = nil, exitCodes: [(code: String, meaning: String)] = [], commands: [Command]
  ) {
    self.program = program
    self.version = version
    self.summary = summary
    self.example = example
    self.globals = globals
    self.configuration = configuration
    self.exitCodes = exitCodes
    self.commands = commands
  }

  /// What a command line asks for.
  public enum Request: Sendable {
    /// Run a command with these values.
    case run(Invocation)
    /// Print this text, help or version, and end well.
    case print(String)
  }

  /// Reads a command line, without the program's own name.
  ///
  /// - Parameters:
  ///   - arguments: the words after the program's name.
  ///   - environment: variables by name; an empty one counts as absent.
  ///   - readFile: gives the text of the configuration file at a path.
  /// - Throws: `UsageError`, the first mistake found.
  public func parse(
    _ arguments: [String], environment: [String: String] = ProcessInfo.processInfo.environment,
    readFile: (String) throws -> String = { try String(contentsOfFile: $0, encoding: .utf8) }
  ) throws(UsageError) -> Request {
    var scan = ArgumentScan(table: self)
    scan.read(arguments)
    if scan.wantsVersion { return .print("\(program) \(version)\n") }
    if scan.wantsHelp, scan.problem?.code != .unknownCommand { return .print(try help(for: scan.path)) }
    if let problem = scan.problem { throw problem }
    guard let command = scan.command else { throw incomplete(scan.path) }
    let layers = LayeredValues(table: self, command: command, given: scan.given, environment: environment)
    return .run(
      Invocation(
        command: command, settings: try layers.resolve(readFile: readFile),
        words: try scan.arguments(of: command), options: allOptions(of: command)))
  }

  func allOptions(of command: Command) -> [Option] {
    command.options + command.shared.flatMap(\.options) + globals.options
  }

  /// An option of this name in any command; the first found tells whether it takes a value.
  func anyOption(_ name: String) -> Option? {
    for command in commands {
      if let option = allOptions(of: command).first(where: { $0.name == name }) { return option }
    }
    return globals.options.first { $0.name == name }
  }

  private func incomplete(_ path: [String]) -> UsageError {
    let known = commands.filter { $0.path.starts(with: path) }.map(\.name)
    let given = ([program] + path).joined(separator: " ")
    return UsageError(
      .missingCommand, what: "\(given) needs a command",
      why: path.isEmpty ? "no command was given" : "\(given) is a group of commands",
      hint: "give one of: \(known.joined(separator: ", ")); or \(given) --help")
  }

  static func missing(_ option: Option, _ command: Command) -> UsageError {
    var ways = ["\(option.name) \(option.placeholder)"]
    if let variable = option.environment { ways.append("the environment variable \(variable)") }
    if option.isInFile { ways.append("\(option.key)=… in the configuration file") }
    return UsageError(
      .missingOption, what: "\(command.name) needs \(option.name)",
      why: "no value was given, and it has no default",
      hint: "give " + ways.joined(separator: ", or "))
  }
}
