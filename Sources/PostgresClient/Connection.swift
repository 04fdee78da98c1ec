import CLibpq

/// One session with a PostgreSQL server: synchronous, used by one thread at a time, closed when it goes away.
///
/// An error of a statement leaves the connection usable. After an error with `isConnectionLost` it is
/// closed and every further call throws that error again. Source: libpq 15, chapters 34.4 and 34.5.
@safe public struct Connection: ~Copyable, @unchecked Sendable {
  // Unchecked: libpq allows one thread at a time on a PGconn; this value owns it alone, and every call that
  // touches it is mutating or borrows the whole value.

  var handle: ConnectionHandle
  var prepared = PreparedStatements()
  var expected = ExpectedResults()
  /// Why the connection was closed.
  var loss: PostgresError?
  /// Bytes handed to libpq since its buffer was last empty, about.
  var unflushed = 0
  /// A pipeline was begun by the caller.
  public internal(set) var isInPipeline = false

  /// The process identifier of the server process.
  public let backendPID: Int32
  /// The version of the server, 150018 for 15.18.
  public let serverVersion: Int
  /// The longest silence of the server that a blocking call bears; then the connection counts as lost.
  ///
  /// A stopped server process keeps its sockets open, so neither keepalives nor `tcp_user_timeout` notice it.
  /// Keep it above `statement_timeout`. nil waits for ever.
  public var deadline: Duration?

  init(owning handle: consuming ConnectionHandle) {
    backendPID = unsafe PQbackendPID(handle.raw)
    serverVersion = Int(unsafe PQserverVersion(handle.raw))
    self.handle = handle
  }

  /// The connection is gone. It stays false until a call has noticed the loss.
  public var isBroken: Bool { unsafe handle.raw == nil || PQstatus(handle.raw) == CONNECTION_BAD }

  /// What the server said about the transaction at its last Sync.
  public var transactionStatus: TransactionStatus {
    switch unsafe PQtransactionStatus(handle.raw) {
    case PQTRANS_IDLE: .idle
    case PQTRANS_ACTIVE: .active
    case PQTRANS_INTRANS: .inTransaction
    case PQTRANS_INERROR: .failed
    default: .unknown
    }
  }

  /// Answers that `receive()` has still to give, counting silent ones of preparations.
  public var outstanding: Int { expected.count }

  /// An object that cancels the running statement from another thread while this connection blocks.
  public func cancellation() throws(PostgresError) -> Cancellation {
    guard let raw = unsafe PQgetCancel(handle.raw) else { throw loss ?? Self.alreadyClosed }
    return Cancellation(unsafe CancelHandle(owning: raw))
  }

  /// Asks the server to cancel the running statement; a statement that has ended is not affected.
  public func cancel() throws(PostgresError) { try cancellation().cancel() }

  static var alreadyClosed: PostgresError {
    PostgresError(kind: .connection, message: "the connection is closed")
  }
}

/// The state of the session's transaction.
public enum TransactionStatus: Sendable {
  /// No transaction.
  case idle
  /// A statement is under way.
  case active
  /// In a transaction that can go on.
  case inTransaction
  /// In a transaction that can only be rolled back.
  case failed
  /// The connection is gone.
  case unknown
}
