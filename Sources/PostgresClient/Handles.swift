import CLibpq

/// The one owner of a `PGconn`.
@safe struct ConnectionHandle: ~Copyable {
  /// nil once closed; libpq accepts nil everywhere and reports a bad connection.
  private(set) var raw: OpaquePointer?
  /// Kept until after `PQfinish`, since libpq holds an unretained pointer to it.
  let notices: NoticeSink

  init(owning raw: OpaquePointer, notices: NoticeSink) {
    unsafe self.raw = unsafe raw
    self.notices = notices
    unsafe notices.attach(to: raw)
  }

  /// Ends the session and frees the handle; in non-blocking mode this does not wait.
  mutating func close() {
    unsafe PQfinish(raw)  // nil is allowed
    unsafe raw = nil
  }

  deinit { unsafe PQfinish(raw) }
}

/// The one owner of a `PGresult`.
@safe struct ResultHandle: ~Copyable {
  let raw: OpaquePointer

  init(owning raw: OpaquePointer) { unsafe self.raw = unsafe raw }

  var status: ExecStatusType { unsafe PQresultStatus(raw) }

  /// One field of an error report, by its code in shim.h.
  func field(_ code: Int32) -> String? {
    guard let text = unsafe PQresultErrorField(raw, code) else { return nil }
    return unsafe String(cString: text)  // NUL-terminated and owned by the result
  }

  /// The error report of this result.
  var error: PostgresError {
    let state = field(pq_field_sqlstate)
    let message = field(pq_field_message)
    var error = PostgresError(
      kind: state == nil ? .connection : .server, sqlState: state,
      message: unsafe message ?? firstLine(PQresultErrorMessage(raw)),
      detail: field(pq_field_detail), hint: field(pq_field_hint),
      constraint: field(pq_field_constraint))
    let severity = field(pq_field_severity)
    error.endsSession = severity == "FATAL" || severity == "PANIC"
    return error
  }

  deinit { unsafe PQclear(raw) }
}

/// The one owner of a `PGcancel`.
@safe struct CancelHandle: ~Copyable {
  let raw: OpaquePointer
  init(owning raw: OpaquePointer) { unsafe self.raw = unsafe raw }
  deinit { unsafe PQfreeCancel(raw) }
}

/// The first non-empty line of a text of libpq, which ends messages with a newline and may add DETAIL lines.
func firstLine(_ text: UnsafePointer<CChar>?) -> String {
  guard let text = unsafe text else { return "no message" }
  let line = unsafe String(cString: text).split(separator: "\n").first
  return line.map(String.init) ?? "no message"
}
