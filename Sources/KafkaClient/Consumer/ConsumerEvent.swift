// What the group and the connections have to say, one event a poll.

/// Something that a poll of the consumer brought. Nothing of it has been acted upon.
public enum ConsumerEvent: Sendable, Equatable {
  /// The group gives these partitions: answer with `assign`.
  case assigned([Int32])
  /// The group takes everything back (eager): answer with `unassign`. Lost: others may own them already.
  case revoked([Int32], lost: Bool)
  /// An error of the consumer or of its connections. The client goes on trying.
  case error(KafkaError)
  /// The client cannot go on: stop the workers, then `abandon`. No `revoked` follows.
  case fatal(KafkaError)
  /// A disconnect, a changed partition count, a metadata error or a record on the wrong queue: the log
  /// may be another one now, so anchors must be verified again. Comes before the `error` of the same cause.
  case disturbed(String)
  /// A line of librdkafka's log; `level` as in syslog (3 error … 7 debug).
  case log(level: Int, line: String)
}
