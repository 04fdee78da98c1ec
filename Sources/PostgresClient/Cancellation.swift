import CLibpq

/// Cancels what a connection is running, from any thread, while the owner of the connection blocks.
@safe public final class Cancellation: @unchecked Sendable {
  // Unchecked: PQcancel only reads the PGcancel, and libpq documents it as thread-safe (34.7).

  private let handle: CancelHandle

  init(_ handle: consuming CancelHandle) { self.handle = handle }

  /// Sends the request over a connection of its own and blocks until the server has taken it.
  ///
  /// The statement then fails with SQLSTATE 57014. If nothing is running, nothing happens.
  public func cancel() throws(PostgresError) {
    let capacity = 256  // the size that libpq recommends
    let message: String? = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { text in
      unsafe text.initialize(repeating: 0)
      let sent = unsafe PQcancel(handle.raw, text.baseAddress, Int32(capacity)) == 1
      return sent ? nil : unsafe firstLine(text.baseAddress)
    }
    if let message { throw PostgresError(kind: .connection, message: message) }
  }
}
