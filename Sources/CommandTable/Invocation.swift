/// A command with all its values checked, whatever layer each came from.
///
/// Asking for an option or an argument that the command does not have is a programmer error and stops the
/// program. Asking an option for another kind of value than its own gives nil.
public struct Invocation: Sendable {
  /// The command that was called.
  public let command: Command
  let settings: [String: Setting]
  let words: [String: [String]]

  /// One checked value and where it came from.
  struct Setting: Sendable {
    let value: Value
    let source: Source
  }

  /// A checked value, in the form its kind asks for.
  enum Value: Sendable, Equatable {
    case flag(Bool)
    case text(String)
    case integer(Int64)
    case duration(Duration)
    case share(Double)
    case list([String])
    case pairs([Pair])
  }

  /// One `key=value`.
  public struct Pair: Hashable, Sendable {
    /// What stands before the first `=`.
    public let key: String
    /// What stands after it; it may be a secret.
    public let value: String

    /// A pair from its parts.
    public init(_ key: String, _ value: String) {
      self.key = key
      self.value = value
    }
  }

  /// The layer that a value came from.
  public enum Source: Hashable, Sendable, CustomStringConvertible {
    /// The option's own default.
    case standard
    /// A line of the configuration file.
    case file(line: Int)
    /// The environment variable of this name.
    case environment(String)
    /// The command line.
    case flag

    /// The layer in words, as error messages name it.
    public var description: String {
      switch self {
      case .standard: "the default"
      case .file(let line): "line \(line) of the configuration file"
      case .environment(let name): "the environment variable \(name)"
      case .flag: "the command line"
      }
    }
  }

  /// Whether a flag is set.
  public func flag(_ name: String) -> Bool {
    guard case .flag(let isSet)? = value(name) else { return false }
    return isSet
  }

  /// The text of a `.string` or a `.choice`, or the word of an `.integerOr`; nil where none was given.
  public func string(_ name: String) -> String? {
    guard case .text(let text)? = value(name) else { return nil }
    return text
  }

  /// The number of an `.integer`, of an `.integerOr`, or of `.bytes`; nil where none was given.
  public func integer(_ name: String) -> Int64? {
    guard case .integer(let number)? = value(name) else { return nil }
    return number
  }

  /// The length of a `.duration`; nil where none was given.
  public func duration(_ name: String) -> Duration? {
    guard case .duration(let duration)? = value(name) else { return nil }
    return duration
  }

  /// The length of a `.duration` in seconds; nil where none was given.
  public func seconds(_ name: String) -> Double? {
    duration(name).map { $0 / .seconds(1) }
  }

  /// The number from 0 to 1 of a `.share`; nil where none was given.
  public func share(_ name: String) -> Double? {
    guard case .share(let share)? = value(name) else { return nil }
    return share
  }

  /// All values of a `.repeated`, in order.
  public func list(_ name: String) -> [String] {
    guard case .list(let list)? = value(name) else { return [] }
    return list
  }

  /// All pairs of a `.pairs`, each key once, with the value of the highest layer.
  public func pairs(_ name: String) -> [Pair] {
    guard case .pairs(let pairs)? = value(name) else { return [] }
    return pairs
  }

  /// An argument's text; nil where it is optional and absent.
  public func argument(_ name: String) -> String? {
    precondition(command.arguments.contains { $0.name == name }, "no argument \(name)")
    return words[name]?.first
  }

  /// The texts of a repeated argument, in order; empty where it is absent.
  public func arguments(_ name: String) -> [String] {
    precondition(command.arguments.contains { $0.name == name }, "no argument \(name)")
    return words[name] ?? []
  }

  /// The layer that an option's value came from; nil where it has none.
  public func source(_ name: String) -> Source? { settings[name]?.source }

  /// The text of an option, or the error that says how to give it.
  public func requiredString(_ name: String) throws(UsageError) -> String {
    guard let text = string(name) else { throw missing(name) }
    return text
  }

  /// The number of an option, or the error that says how to give it.
  public func requiredInteger(_ name: String) throws(UsageError) -> Int64 {
    guard let number = integer(name) else { throw missing(name) }
    return number
  }

  /// The length of time of an option, or the error that says how to give it.
  public func requiredDuration(_ name: String) throws(UsageError) -> Duration {
    guard let duration = duration(name) else { throw missing(name) }
    return duration
  }

  private func missing(_ name: String) -> UsageError {
    guard let option = options.first(where: { $0.name == name }) else {
      return UsageError(
        .missingOption, what: "\(name) is needed", why: "it has no value", hint: "give \(name)")
    }
    return CommandTable.missing(option, command)
  }

  let options: [Option]

  private func value(_ name: String) -> Value? {
    precondition(options.contains { $0.name == name }, "\(command.name) has no option \(name)")
    return settings[name]?.value
  }
}
