/// A command line, an environment or a configuration file that cannot be acted on.
///
/// Printed as three parts: what is wrong, why, and what to do. A program ends with exit code 2 after it.
/// Values are quoted only where they cannot be secrets by their kind.
public struct UsageError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What kind of mistake it is, for programs.
  public let code: Code
  /// What is wrong, in one sentence.
  public let what: String
  /// Why it cannot be accepted.
  public let why: String
  /// What to do about it.
  public let hint: String

  /// The kinds of mistake.
  public enum Code: String, CaseIterable, Sendable {
    /// No command was given, or only the first word of one.
    case missingCommand = "missing_command"
    /// The words name no command.
    case unknownCommand = "unknown_command"
    /// The command has no such option.
    case unknownOption = "unknown_option"
    /// An option that needs a value stands without one.
    case missingValue = "missing_value"
    /// A value is not of the option's kind, or out of its range.
    case invalidValue = "invalid_value"
    /// An option that takes one value is given twice.
    case repeatedOption = "repeated_option"
    /// A required option has no value in any layer.
    case missingOption = "missing_option"
    /// A required argument is absent.
    case missingArgument = "missing_argument"
    /// There are more arguments than the command takes.
    case unexpectedArgument = "unexpected_argument"
    /// The configuration file cannot be read, or a line of it cannot be understood.
    case configurationFile = "configuration_file"
    /// Options that are each right contradict one another.
    case contradiction
  }

  /// An error from its three parts.
  public init(_ code: Code, what: String, why: String, hint: String) {
    self.code = code
    self.what = what
    self.why = why
    self.hint = hint
  }

  /// The three parts, one a line.
  public var description: String { "\(what)\n  why:   \(why)\n  to do: \(hint)" }
}
