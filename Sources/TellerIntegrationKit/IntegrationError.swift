/// Why a server or program that a test needs could not be started or did not answer.
public struct IntegrationError: Error, CustomStringConvertible {
  /// What went wrong, as a word to branch on.
  public enum Code: String, Sendable {
    /// The program, or something that it needs, is not on this machine.
    case notFound
    /// The program is there and could not be started, or stopped at once.
    case notStarted
    /// The expected line did not come in time.
    case lineNotSeen
    /// The process had not ended in time.
    case stillRunning
    /// A helper program answered with a failure.
    case refused
  }

  /// What went wrong.
  public let code: Code
  /// The cause in a sentence, with the last lines of the process where there is one.
  public let cause: String
  /// What to do about it.
  public let hint: String

  init(_ code: Code, _ cause: String, hint: String = "") {
    self.code = code
    self.cause = cause
    self.hint = hint
  }

  /// Code, cause and hint in one text.
  public var description: String {
    hint.isEmpty ? "\(code.rawValue): \(cause)" : "\(code.rawValue): \(cause) (\(hint))"
  }
}
