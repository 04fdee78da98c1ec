// What a producer has to say beside its delivery reports.

/// Something that a poll or a flush of the producer brought.
public enum ProducerEvent: Sendable, Equatable {
  /// An error of the client or of its connections. The client goes on trying.
  case error(KafkaError)
  /// The producer cannot go on: make another one.
  case fatal(KafkaError)
  /// A line of librdkafka's log; `level` as in syslog (3 error … 7 debug).
  case log(level: Int, line: String)
}
