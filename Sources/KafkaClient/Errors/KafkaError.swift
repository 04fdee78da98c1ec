// What librdkafka or a broker refused, in a form that can be shown and branched on.

internal import CLibrdkafka

/// An error of librdkafka or of a broker: its code, its cause in words and, where one is known, what to do.
/// Its texts never hold a secret.
public struct KafkaError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The raw `rd_kafka_resp_err_t`: negative for librdkafka's own, positive for a broker's.
  public var code: Int32
  /// The symbolic name of the code, as in `_TRANSPORT` or `ILLEGAL_GENERATION`.
  public var name: String
  /// The cause in words.
  public var message: String
  /// What an operator can do about it, where that is known.
  public var hint: String?
  /// The client instance cannot go on: make another, or stop.
  public var isFatal: Bool
  /// The same call may succeed later.
  public var isRetriable: Bool
  /// The current transaction has to be aborted (transactional producers only).
  public var requiresAbort: Bool

  /// Makes an error of a code; `message` defaults to librdkafka's text for the code.
  public init(
    code: Int32, message: String? = nil, hint: String? = nil, isFatal: Bool = false,
    isRetriable: Bool? = nil, requiresAbort: Bool = false
  ) {
    let raw = rd_kafka_resp_err_t(rawValue: code)
    self.code = code
    self.name = unsafe String(cString: rd_kafka_err2name(raw))
    self.message = message ?? (unsafe String(cString: rd_kafka_err2str(raw)))
    self.hint = hint ?? Self.hint(for: code)
    self.isFatal = isFatal
    self.isRetriable = isRetriable ?? Self.retriableCodes.contains(code)
    self.requiresAbort = requiresAbort
  }

  init(_ raw: rd_kafka_resp_err_t, message: String? = nil) {
    self.init(code: raw.rawValue, message: message)
  }

  /// A broker or this client's configuration refused who we are or what we may do: waiting does not help.
  public var isLoginRefused: Bool { Self.loginCodes.contains(code) }

  /// Name, cause and hint in one line; safe to show.
  public var description: String {
    let text = "\(name): \(message)"
    return hint.map { "\(text) (\($0))" } ?? text
  }

  /// The client was closed before the call.
  static var closed: KafkaError {
    KafkaError(code: Code.destroyed, message: "the client is closed", isRetriable: false)
  }

  /// The caller's mistake.
  static func invalid(_ what: String) -> KafkaError {
    KafkaError(code: Code.invalidArgument, message: what, isRetriable: false)
  }

  /// Takes over an `rd_kafka_error_t`; nil is success.
  static func taking(_ pointer: OpaquePointer?) -> KafkaError? {
    guard let owned = unsafe Owned<ErrorResource>(ifAny: pointer) else { return nil }
    let code = unsafe rd_kafka_error_code(owned.pointer).rawValue
    // librdkafka marks only transactional errors as retriable; the table knows the others.
    return unsafe KafkaError(
      code: code,
      message: String(cString: rd_kafka_error_string(owned.pointer)),
      isFatal: rd_kafka_error_is_fatal(owned.pointer) != 0,
      isRetriable: rd_kafka_error_is_retriable(owned.pointer) != 0 || retriableCodes.contains(code),
      requiresAbort: rd_kafka_error_txn_requires_abort(owned.pointer) != 0)
  }

  /// Throws unless the code says success.
  static func check(_ raw: rd_kafka_resp_err_t) throws(KafkaError) {
    if raw != RD_KAFKA_RESP_ERR_NO_ERROR { throw KafkaError(raw) }
  }

  /// The fatal error that a client has met, with the code behind `_FATAL`.
  static func fatal(of client: OpaquePointer) -> KafkaError? {
    var text = [CChar](repeating: 0, count: 512)
    let raw = unsafe rd_kafka_fatal_error(client, &text, text.count)
    if raw == RD_KAFKA_RESP_ERR_NO_ERROR { return nil }
    return KafkaError(
      code: raw.rawValue, message: String(terminated: text), isFatal: true, isRetriable: false)
  }
}

extension String {
  /// The text before the first zero byte, invalid UTF-8 repaired: errors and logs are only shown.
  init(terminated text: [CChar]) {
    let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    self = String(decoding: bytes, as: UTF8.self)
  }
}
