/// Why a call to PostgreSQL failed. It never contains a password.
///
/// The server's DETAIL is kept apart from `description`: it may quote row data.
public struct PostgresError: Error, Sendable, Equatable {
  /// Where the error comes from.
  public enum Kind: String, Sendable {
    /// There is no connection, or it is gone, and the server gave no SQLSTATE.
    case connection
    /// The server reported it, with a SQLSTATE.
    case server
    /// The caller used this module wrongly: a wrong type, width, order of calls or setting.
    case usage
  }

  /// Where the error comes from.
  public var kind: Kind
  /// The five characters of PostgreSQL's appendix A, or nil where the server reported nothing.
  public var sqlState: String?
  /// One sentence, the server's or this module's.
  public var message: String
  /// The server's DETAIL, which may quote row data.
  public var detail: String?
  /// What to do about it, where the server or this module knows.
  public var hint: String?
  /// The name of the violated constraint.
  public var constraint: String?
  /// The server closed the session with this error (severity FATAL or PANIC).
  var endsSession = false
  /// The login needs a password and none was given: libpq finds this before the server reports a SQLSTATE.
  var lacksPassword = false

  /// An error with these parts; SQLSTATE and the rest may be unknown.
  public init(
    kind: Kind, sqlState: String? = nil, message: String, detail: String? = nil, hint: String? = nil,
    constraint: String? = nil
  ) {
    self.kind = kind
    self.sqlState = sqlState
    self.message = message
    self.detail = detail
    self.hint = hint
    self.constraint = constraint
  }

  /// A mistake of the caller.
  static func usage(_ message: String, hint: String? = nil) -> PostgresError {
    PostgresError(kind: .usage, message: message, hint: hint)
  }

  /// The connection cannot be used any more, or could not be made for a reason that may pass by itself.
  ///
  /// Source: PostgreSQL 15, appendix A; 53300 (too many connections) and 57P03 (starting up) refuse a
  /// connection.
  public var isConnectionLost: Bool {
    if isLoginRefused { return false }
    if kind == .connection || endsSession { return true }
    guard let sqlState else { return false }
    return sqlState.hasPrefix("08") || Self.lostStates.contains(sqlState)
  }

  /// The server does not let this user in: a wrong or missing password, or a rule of pg_hba.conf (class 28).
  public var isLoginRefused: Bool { lacksPassword || sqlState?.hasPrefix("28") == true }

  private static let lostStates: Set<String> = ["57P01", "57P02", "57P03", "57P05", "25P03", "53300"]
}

extension PostgresError: CustomStringConvertible {
  /// The message with SQLSTATE, constraint and hint, without DETAIL.
  public var description: String {
    var text = sqlState.map { "SQLSTATE \($0): " } ?? ""
    text += message
    if let constraint { text += " (constraint \(constraint))" }
    if let hint { text += " Hint: \(hint)" }
    return text
  }
}
