/// One well-formed request of a batch, at its place in the log.
public struct BatchJob<Job: Sendable>: Sendable {
  /// The offset of its record.
  public let offset: Int64
  /// What the decoder made of the record.
  public let job: Job
  /// The key under which its effect is remembered.
  public let key: IdempotencyKey
  /// What the request means, as a digest.
  public let fingerprint: Fingerprint
  /// The record's index in the batch's bytes, for the dead letter it may become.
  let record: Int
}
