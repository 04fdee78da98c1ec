import CLibpq
import Synchronization

/// Receives the server's notices: passes them to an optional closure, never to standard error as libpq would.
///
/// A server that ends an idle session says why in a message which libpq treats as a notice: it is kept here.
final class NoticeSink: Sendable {
  private let handler: (@Sendable (PostgresError) -> Void)?
  private let fatal = Mutex<PostgresError?>(nil)

  init(_ handler: (@Sendable (PostgresError) -> Void)?) { self.handler = handler }

  /// Why the server ended the session, if it said so while nothing was under way.
  var lastFatal: PostgresError? { fatal.withLock { $0 } }

  /// Registers with libpq, which keeps the pointer until `PQfinish`; `ConnectionHandle` keeps this object
  /// as long.
  func attach(to connection: OpaquePointer) {
    let context = unsafe Unmanaged.passUnretained(self).toOpaque()
    _ = unsafe PQsetNoticeReceiver(
      connection,
      { context, result in
        // libpq frees the result itself: only read here.
        guard let context = unsafe context, let result = unsafe result else { return }
        let sink = unsafe Unmanaged<NoticeSink>.fromOpaque(context).takeUnretainedValue()
        let severity = unsafe PQresultErrorField(result, pq_field_severity)
        sink.accept(
          severity: unsafe severity.map { unsafe String(cString: $0) } ?? "",
          sqlState: unsafe PQresultErrorField(result, pq_field_sqlstate).map { unsafe String(cString: $0) },
          message: unsafe firstLine(PQresultErrorField(result, pq_field_message)))
      }, context)
  }

  private func accept(severity: String, sqlState: String?, message: String) {
    var notice = PostgresError(
      kind: sqlState == nil ? .connection : .server, sqlState: sqlState, message: message)
    if severity == "FATAL" || severity == "PANIC" {
      notice.endsSession = true
      fatal.withLock { $0 = notice }
    }
    handler?(notice)
  }
}
