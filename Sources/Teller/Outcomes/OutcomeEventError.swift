/// Why a record of an outcomes topic is no outcome event. Its texts hold nothing of the record but names.
public struct OutcomeEventError: Error, Equatable, Sendable {
  /// The kinds, for programs.
  public enum Code: String, Sendable {
    /// A header or a member that every such event has is not there.
    case missing
    /// It is there twice.
    case repeated
    /// It is there and cannot be what it should.
    case malformed
    /// It says something else than another part of the event.
    case contradiction
  }

  /// The kind.
  public let code: Code
  /// The header's or member's name, or `value`.
  public let part: String
  /// What is wrong, in words.
  public let cause: String

  /// What to do, the same for all.
  public var hint: String {
    "only Teller writes to an outcomes topic: find who else does, or use a library of the publisher's release"
  }

  init(_ code: Code, _ part: String, _ cause: String) {
    self.code = code
    self.part = part
    self.cause = cause
  }
}

extension OutcomeEventError: CustomStringConvertible {
  /// What is wrong and what to do, in one line.
  public var description: String { "\(part) \(cause) (\(hint))" }
}
