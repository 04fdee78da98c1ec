/// One option of a command: its spelling, its kind of value, and where else its value may come from.
///
/// A value is taken from the `.properties` file, the environment and the flags, in rising precedence.
public struct Option: Sendable {
  /// The spelling on the command line, with its two dashes: `--until-idle`.
  public let name: String
  /// What kind of value it takes, and so how the value is checked.
  public let value: Kind
  /// The word that stands for the value in help: `SECONDS`.
  public let placeholder: String
  /// The environment variable that sets it; for `.pairs` the prefix of such variables.
  public let environment: String?
  /// The value when none is given, written as on the command line; it is checked like any other.
  public let defaultValue: String?
  /// What help says of the default where it is computed, for instance "one per core".
  public let defaultText: String?
  /// One or two sentences for help.
  public let help: String
  /// The inclusive limits of an integer, of bytes, or of a duration in whole seconds.
  public let range: ClosedRange<Int64>?
  /// Whether a command that has it refuses to run without a value from any layer.
  public let isRequired: Bool
  /// Whether a line of the `.properties` file may set it.
  public let isInFile: Bool
  /// Whether the shell completes its value with file names.
  public let completesFiles: Bool
  /// Whether an option of the kind `.pairs` may stand without a pair: then only `Invocation.source` tells of it.
  public let mayBeBare: Bool

  /// The kinds of value.
  public enum Kind: Hashable, Sendable {
    /// Present or absent; in the environment and the file `true` or `false`.
    case flag
    /// Any text that is not empty.
    case string
    /// A whole number in decimal digits, with an optional sign.
    case integer
    /// A whole number, or one of these words.
    case integerOr([String])
    /// A size: a whole number of bytes, or one followed by `KiB`, `MiB` or `GiB`.
    case bytes
    /// A length of time: seconds, or a number followed by `ms`, `s`, `m` or `h`.
    case duration
    /// A part of a whole: a number from 0 to 1, or one from 0 to 100 followed by `%`.
    case share
    /// One of these words.
    case choice([String])
    /// Any text; the option may be given several times, and all are kept.
    case repeated
    /// `key=value`; may be given several times. A later layer replaces single keys, not the whole list.
    case pairs
  }

  /// An option from its parts. Texts for help are complete sentences.
  public init(
    _ name: String, _ value: Kind, _ placeholder: String = "", environment: String? = nil,
    defaultValue: String? = nil, defaultText: String? = nil, range: ClosedRange<Int64>? = nil,
    isRequired: Bool = false, isInFile: Bool = true, completesFiles: Bool = false, mayBeBare: Bool = false,
    help: String
  ) {
    self.name = name
    self.value = value
    self.placeholder = placeholder
    self.environment = environment
    self.defaultValue = defaultValue
    self.defaultText = defaultText
    self.help = help
    self.range = range
    self.isRequired = isRequired
    self.isInFile = isInFile
    self.completesFiles = completesFiles
    self.mayBeBare = mayBeBare
  }

  /// The option's key in a `.properties` file: its name without the dashes.
  public var key: String { String(name.drop { $0 == "-" }) }

  var takesValue: Bool { value != .flag }
  var isRepeatable: Bool { value == .repeated || value == .pairs }
}

/// Options that several commands share, under one heading of their help.
public struct OptionGroup: Sendable {
  /// The heading, for instance "Kafka".
  public let title: String
  /// The options under it, in the order of help.
  public let options: [Option]

  /// A group from its parts.
  public init(_ title: String, _ options: [Option]) {
    self.title = title
    self.options = options
  }
}

/// A word of the command line that is neither a command nor an option.
public struct Argument: Sendable {
  /// Its name in help and in `Invocation.argument`, for instance `KEY`.
  public let name: String
  /// One sentence for help.
  public let help: String
  /// Whether the command refuses to run without it.
  public let isRequired: Bool
  /// The only words allowed, or empty where any is.
  public let choices: [String]
  /// Whether the shell completes it with file names.
  public let completesFiles: Bool
  /// Whether it stands for any number of words; only the last argument of a command may.
  public let isRepeated: Bool

  /// An argument from its parts.
  public init(
    _ name: String, isRequired: Bool = true, isRepeated: Bool = false, choices: [String] = [],
    completesFiles: Bool = false, help: String
  ) {
    self.name = name
    self.isRepeated = isRepeated
    self.help = help
    self.isRequired = isRequired
    self.choices = choices
    self.completesFiles = completesFiles
  }
}
