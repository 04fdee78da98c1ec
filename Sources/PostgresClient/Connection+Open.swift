import CLibpq

extension Connection {
  /// Connects and logs in: each host of the configuration once, in order, until one lets us in.
  ///
  /// Blocks at most `connect_timeout` for each host, and for name resolution, which has no limit of its own.
  /// - Throws: the last host's error; with the server's SQLSTATE where it refused (28P01, 3D000, 53300,
  /// 57P03).
  public static func open(_ configuration: PostgresConfiguration) throws(PostgresError) -> Connection {
    var failure = alreadyClosed
    for target in configuration.targets {
      do throws(PostgresError) {
        return try open(target, configuration)
      } catch {
        failure = error
      }
    }
    throw failure
  }

  private static func open(
    _ target: ConnectionString, _ configuration: PostgresConfiguration
  ) throws(PostgresError) -> Connection {
    guard let raw = unsafe PQconnectStart(target.text) else {
      throw PostgresError(kind: .connection, message: "out of memory")
    }
    let handle = unsafe ConnectionHandle(
      owning: raw, notices: NoticeSink(configuration.noticeHandler))
    // libpq 15 has no call for the SQLSTATE of a refused login; a verbose message contains it.
    _ = unsafe PQsetErrorVerbosity(handle.raw, PQERRORS_VERBOSE)
    try handle.complete(within: configuration.attemptTimeout, target)
    _ = unsafe PQsetErrorVerbosity(handle.raw, PQERRORS_DEFAULT)
    guard unsafe PQsetnonblocking(handle.raw, 1) == 0 else {
      throw PostgresError(kind: .connection, message: unsafe firstLine(PQerrorMessage(handle.raw)))
    }
    var connection = Connection(owning: handle)
    connection.deadline = configuration.deadline
    return connection
  }
}

extension ConnectionHandle {
  /// Takes the connection through its states up to the end of `timeout`, waiting in poll().
  fileprivate func complete(within timeout: Duration?, _ target: ConnectionString) throws(PostgresError) {
    let clock = ContinuousClock()
    let end = timeout.map { clock.now + $0 }
    var next = unsafe PQstatus(raw) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
    while next != PGRES_POLLING_OK {
      guard next == PGRES_POLLING_READING || next == PGRES_POLLING_WRITING else { throw refusal(target) }
      let left = end.map { max(clock.now.duration(to: $0), .zero) }
      let readiness = unsafe wait(
        forSocket: PQsocket(raw), reading: next == PGRES_POLLING_READING,
        writing: next == PGRES_POLLING_WRITING, timeout: left)
      if readiness == .silent {
        throw PostgresError(
          kind: .connection, message: "no connection within \(timeout.map { "\($0)" } ?? "ever")",
          hint: "Check the address, or raise connect_timeout.")
      }
      next = unsafe PQconnectPoll(raw)
    }
  }

  /// Reads the SQLSTATE out of libpq's message: `…failed: FATAL:  28P01: password authentication failed…`.
  ///
  /// The severity is in the server's language, so the code is found by its form between colons.
  private func refusal(_ target: ConnectionString) -> PostgresError {
    let text = unsafe PQerrorMessage(raw).map { unsafe String(cString: $0) } ?? ""
    let line = String(text.split(separator: "\n").first ?? "no message")
    var error = PostgresError(kind: .connection, message: line)
    if let match = line.firstMatch(of: #/:  ([0-9A-Z]{5}): /#) {
      error.kind = .server
      error.sqlState = String(match.output.1)
      error.message = String(line[match.range.upperBound...])
    }
    error.lacksPassword = unsafe PQconnectionNeedsPassword(raw) == 1
    if error.lacksPassword { error.hint = "Give a password in the URL, PGPASSWORD or a password file." }
    // No message of libpq or the server is known to quote a password; this keeps it so.
    for key in ["password", "sslpassword"] {
      guard let secret = target[key], secret.count >= 6 else { continue }
      let open = ["user", "dbname", "host"].compactMap { target[$0] }
      if !open.contains(secret) { error.message = error.message.replacing(secret, with: "[redacted]") }
    }
    return error
  }
}
