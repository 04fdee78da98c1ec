/// Why a schema was not migrated, or cannot be worked with.
public struct SchemaRefusal: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was found.
  public let message: String
  /// What to do.
  public let hint: String

  /// A refusal from its parts.
  public init(_ message: String, hint: String) {
    self.message = message
    self.hint = hint
  }

  /// What was found and what to do.
  public var description: String { "\(message). \(hint)" }
}
