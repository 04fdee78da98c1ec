import CLibpq

// A pipeline: send any number of statements, then sync(), then receive() each answer in order.

extension Connection {
  /// Begins a pipeline. Everything is then sent with `send` and answered by `receive()`.
  public mutating func beginPipeline() throws(PostgresError) {
    try checkOpen()
    guard !isInPipeline else { throw .usage("a pipeline is already open") }
    guard unsafe PQenterPipelineMode(handle.raw) == 1 else { throw refusal() }
    isInPipeline = true
  }

  /// Ends the pipeline. All answers must have been received.
  public mutating func endPipeline() throws(PostgresError) {
    try checkOpen()
    guard expected.count == 0 else {
      throw .usage("\(expected.count) answers are outstanding", hint: "Call receive() or drain() first.")
    }
    guard unsafe PQexitPipelineMode(handle.raw) == 1 else { throw refusal() }
    isInPipeline = false
  }

  /// Appends a statement, and before it its preparation at its first use on this connection.
  ///
  /// The values are copied. It blocks only to write when much is unsent; errors of the statement come from
  /// `receive()`.
  public mutating func send(
    _ statement: Statement, _ parameters: borrowing Parameters
  ) throws(PostgresError) {
    try checkPipeline()
    try parameters.check(against: statement)
    let plan = try prepared.plan(for: statement)
    if plan.preparesFirst {
      let types = statement.parameterTypes.map(\.rawValue)
      let sent = unsafe PQsendPrepare(
        handle.raw, plan.serverName, statement.sql, Int32(types.count), types)
      guard sent == 1 else { throw refusal() }
      prepared.sentPreparation(of: statement, plan)
      expected.append(.preparation(name: statement.name, attempt: plan.attempt))
    }
    let sent = unsafe parameters.withArguments { values, lengths, formats in
      unsafe PQsendQueryPrepared(
        handle.raw, plan.serverName, Int32(parameters.count), values, lengths, formats, 1)
    }
    guard sent == 1 else { throw refusal() }
    expected.append(.statement(name: statement.name))
    try appended(parameters.byteCount + statement.sql.utf8.count)
  }

  /// Appends one SQL command without parameters, not prepared; its rows, if any, come in binary format.
  public mutating func send(sql: String) throws(PostgresError) {
    try checkPipeline()
    guard unsafe PQsendQueryParams(handle.raw, sql, 0, nil, nil, nil, nil, 1) == 1 else { throw refusal() }
    expected.append(.statement(name: nil))
    try appended(sql.utf8.count)
  }

  /// Appends `BEGIN`.
  public mutating func sendBegin() throws(PostgresError) { try send(sql: "BEGIN") }
  /// Appends `COMMIT`. Of a failed transaction it answers with the tag `ROLLBACK`.
  public mutating func sendCommit() throws(PostgresError) { try send(sql: "COMMIT") }
  /// Appends `ROLLBACK`.
  public mutating func sendRollback() throws(PostgresError) { try send(sql: "ROLLBACK") }

  /// Ends a segment with a Sync and writes everything that is unsent.
  ///
  /// If it throws, whether the server got the last statements is unknown.
  public mutating func sync() throws(PostgresError) {
    try checkPipeline()
    guard unsafe PQpipelineSync(handle.raw) == 1 else { throw isBroken ? lose() : refusal() }
    expected.append(.sync)
    prepared.segmentEnded()
    try flush()
  }

  /// Waits for the next answer, in the order of sending. Throws only when the connection is gone, or when
  /// nothing is expected (a usage error).
  public mutating func receive() throws(PostgresError) -> PipelineResult {
    try checkOpen()
    var failedPreparation: PostgresError?
    // At most one preparation precedes an answer, or several if their statement could not be sent.
    while let item = expected.first {
      guard item == .sync || expected.hasSync else {
        throw .usage("the next answer comes only after a sync()")
      }
      let result = try nextAnswer(isSync: item == .sync)
      expected.removeFirst()
      switch item {
      case .sync: return .synced
      case .preparation(let name, let attempt):
        if case .failed(let error) = result { failedPreparation = error }
        var succeeded = false
        if case .rows = result { succeeded = true }
        prepared.answered(name, attempt: attempt, succeeded: succeeded)
      case .statement(let name):
        if case .aborted = result, let failedPreparation { return .failed(failedPreparation) }
        if case .failed(let error) = result, let name { prepared.failed(name, sqlState: error.sqlState) }
        return result
      }
    }
    throw .usage("no answer is outstanding")
  }

  /// Brings an abandoned pipeline to its end: syncs if needed and drops all outstanding answers.
  ///
  /// The transaction, if one is open, stays open. Bounded by the number of outstanding answers.
  public mutating func drain() throws(PostgresError) {
    try checkOpen()
    guard isInPipeline else { return }
    if expected.unsynced > 0 { try sync() }
    for _ in 0..<expected.count where expected.count > 0 { _ = try receive() }
  }

  /// One answer of the server with the nil after it.
  private mutating func nextAnswer(isSync: Bool) throws(PostgresError) -> PipelineResult {
    for _ in 0..<4 {  // libpq may give a nil before an answer, never more than one
      guard let result = try nextResult() else { continue }
      let status = result.status
      switch status {
      case PGRES_PIPELINE_SYNC where isSync: return .synced
      case PGRES_PIPELINE_ABORTED where !isSync:
        try endOfStatement()
        return .aborted
      case PGRES_TUPLES_OK where !isSync, PGRES_COMMAND_OK where !isSync, PGRES_EMPTY_QUERY where !isSync:
        let rows = Rows(result)
        try endOfStatement()
        return .rows(rows)
      case PGRES_FATAL_ERROR:
        let error = result.error
        // Without a SQLSTATE it is libpq's own report; FATAL ends the session. Neither can go on.
        if error.endsSession || error.sqlState == nil { throw lose(lossError(error)) }
        guard !isSync else { throw lose(outOfStep(status)) }
        try endOfStatement()
        return .failed(error)
      default: throw lose(outOfStep(status))
      }
    }
    throw lose(outOfStep(PGRES_BAD_RESPONSE))
  }

  private mutating func endOfStatement() throws(PostgresError) {
    guard let extra = try nextResult() else { return }
    throw lose(outOfStep(extra.status))
  }

  /// libpq's report of a loss, or what the server said before it.
  func lossError(_ error: PostgresError) -> PostgresError {
    error.sqlState == nil ? handle.notices.lastFatal ?? error : error
  }

  /// COPY makes libpq answer "copy in" for ever in a pipeline; the session cannot be saved.
  func outOfStep(_ status: ExecStatusType) -> PostgresError {
    let name = unsafe String(cString: PQresStatus(status))
    let copies = [PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH].contains(status)
    return PostgresError(
      kind: .connection, message: "unexpected answer \(name); the connection is closed",
      hint: copies ? "COPY is not supported: send arrays and unnest()." : nil)
  }

  private mutating func appended(_ bytes: Int) throws(PostgresError) {
    unflushed += bytes + 64
    // libpq's buffer grows without limit in non-blocking mode: keep it near a megabyte.
    if unflushed > 1 << 20 { try flush() }
  }

  private func checkPipeline() throws(PostgresError) {
    try checkOpen()
    guard isInPipeline else { throw .usage("no pipeline is open", hint: "Call beginPipeline() first.") }
  }

  /// Why libpq refused a call: a lost connection, or a usage error.
  mutating func refusal() -> PostgresError {
    if isBroken { return lose() }
    return .usage(unsafe firstLine(PQerrorMessage(handle.raw)))
  }
}

extension Connection {
  /// Writes what was appended, without a Sync and without waiting for answers: the server works on it already.
  public mutating func push() throws(PostgresError) {
    try flush()
  }
}
