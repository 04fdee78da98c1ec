import CLibpq

extension Connection {
  /// Runs one statement in one round trip, with its preparation at its first use.
  ///
  /// In a pipeline it is allowed only when nothing is outstanding.
  public mutating func query(
    _ statement: Statement, _ parameters: borrowing Parameters
  ) throws(PostgresError) -> Rows {
    try checkOpen()
    guard expected.count == 0 else { throw .usage("query() while \(expected.count) answers are outstanding") }
    let wasInPipeline = isInPipeline
    if !wasInPipeline { try beginPipeline() }
    let answer: PipelineResult
    do throws(PostgresError) {
      try send(statement, parameters)
      try sync()
      answer = try receive()
      try drain()
    } catch {
      if !isBroken, !wasInPipeline {
        try drain()
        try endPipeline()
      }
      throw error
    }
    if !wasInPipeline { try endPipeline() }
    switch answer {
    case .rows(let rows): return rows
    case .failed(let error): throw error
    case .aborted, .synced: throw .usage("the statement was not run")
    }
  }

  /// Runs one statement without parameters.
  public mutating func query(_ statement: Statement) throws(PostgresError) -> Rows {
    try query(statement, Parameters(capacity: 64))
  }

  /// Runs SQL text with any number of statements, as one implicit transaction unless the text says otherwise.
  ///
  /// For migrations and session commands, not in a pipeline. Returns the command tags; throws the first
  /// error.
  @discardableResult
  public mutating func execute(_ sql: String) throws(PostgresError) -> [String] {
    try checkOpen()
    guard !isInPipeline else { throw .usage("execute() is not allowed in a pipeline") }
    guard unsafe PQsendQuery(handle.raw, sql) == 1 else { throw refusal() }
    try flush()
    var tags: [String] = []
    var failure: PostgresError?
    // One result for each statement, and a text cannot hold more statements than bytes.
    for _ in 0...(sql.utf8.count + 1) {
      guard let result = try nextResult() else { break }
      switch result.status {
      case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
        tags.append(Rows(result).commandTag)
      case PGRES_FATAL_ERROR:
        let error = result.error
        if error.endsSession || error.sqlState == nil { throw lose(lossError(error)) }
        failure = failure ?? error
      default: throw lose(outOfStep(result.status))
      }
    }
    if let failure { throw failure }
    return tags
  }
}
