/// The answer to one thing sent in a pipeline.
public enum PipelineResult: Sendable {
  /// The statement ran; for a command without rows `count` is 0 and the tag tells what happened.
  case rows(Rows)
  /// The statement failed; what follows it up to the next Sync is skipped.
  case failed(PostgresError)
  /// The statement was skipped after an earlier failure.
  case aborted
  /// A Sync was reached: the server is ready for the next segment.
  case synced
}
