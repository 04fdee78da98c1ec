import CLibpq

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a socket is waited for.
enum Readiness {
  case ready, silent, failed
}

/// Blocks in poll() until the socket can be read (or written), or `timeout` has passed; nil waits for ever.
func wait(forSocket socket: Int32, reading: Bool, writing: Bool, timeout: Duration?) -> Readiness {
  guard socket >= 0 else { return .failed }
  let clock = ContinuousClock()
  let end = timeout.map { clock.now + $0 }
  let events = Int16((reading ? POLLIN : 0) | (writing ? POLLOUT : 0))
  while true {
    var descriptor = pollfd(fd: socket, events: events, revents: 0)
    var milliseconds: Int32 = -1
    if let end {
      let left = max(clock.now.duration(to: end), .zero).components
      let whole = left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000 + 1
      milliseconds = Int32(clamping: whole)
    }
    let count = unsafe poll(&descriptor, 1, milliseconds)  // one descriptor, on the stack
    if count > 0 { return descriptor.revents & Int16(POLLNVAL) == 0 ? .ready : .failed }
    if count < 0 && errno != EINTR { return .failed }
    if count == 0 && end.map({ clock.now >= $0 }) == true { return .silent }
  }
}

extension Connection {
  /// The next result, or nil at the end of a statement's results. Never spins: it waits in poll().
  mutating func nextResult() throws(PostgresError) -> ResultHandle? {
    var failed = false
    while unsafe PQisBusy(handle.raw) == 1 {
      if failed { throw lose() }
      // What arrived before the loss is still parsed once more: the server's last words and earlier answers.
      failed = !(try exchange(flushing: unsafe PQflush(handle.raw) == 1))
    }
    if let raw = unsafe PQgetResult(handle.raw) { return unsafe ResultHandle(owning: raw) }
    if isBroken { throw lose() }
    return nil
  }

  /// Writes everything, reading meanwhile: otherwise two full buffers would wait for each other for ever.
  mutating func flush() throws(PostgresError) {
    unflushed = 0
    while true {
      switch unsafe PQflush(handle.raw) {
      case 0: return
      case 1: if try exchange(flushing: true) { continue }
      default: break
      }
      throw lose()
    }
  }

  /// Waits once and reads what is there. Returns false when the socket has failed.
  private mutating func exchange(flushing: Bool) throws(PostgresError) -> Bool {
    let socket = unsafe PQsocket(handle.raw)
    switch wait(forSocket: socket, reading: true, writing: flushing, timeout: deadline) {
    case .ready: return unsafe PQconsumeInput(handle.raw) == 1
    case .failed: return false
    case .silent:
      let limit = deadline.map { "\($0)" } ?? "ever"
      throw lose(
        PostgresError(kind: .connection, message: "the server has been silent for \(limit)"))
    }
  }

  /// Closes the connection and returns why: the server's last words if it had any, else libpq's.
  mutating func lose(_ known: PostgresError? = nil) -> PostgresError {
    let error = known ?? lastWords()
    loss = error
    handle.close()
    expected.removeAll()
    isInPipeline = false
    return error
  }

  /// Looks among the results that have arrived, at most as many as are expected, for the one that ended it.
  private func lastWords() -> PostgresError {
    let message = unsafe firstLine(PQerrorMessage(handle.raw))
    // A statement has a result and a nil after it.
    for _ in 0..<(2 * expected.count + 2) where unsafe PQisBusy(handle.raw) == 0 {
      guard let raw = unsafe PQgetResult(handle.raw) else { continue }
      let result = unsafe ResultHandle(owning: raw)
      guard result.status == PGRES_FATAL_ERROR else { continue }
      let error = result.error
      if error.endsSession { return error }
    }
    return handle.notices.lastFatal ?? PostgresError(kind: .connection, message: message)
  }

  func checkOpen() throws(PostgresError) {
    if let loss { throw loss }
    if unsafe handle.raw == nil { throw Self.alreadyClosed }
  }
}
