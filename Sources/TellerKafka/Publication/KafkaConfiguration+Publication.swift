// How a publisher's producer is set.

internal import KafkaClient

extension KafkaConfiguration {
  /// For the producer of outcome events and dead letters. What is promised wins over the user's properties; what only
  /// tunes gives way to them.
  ///
  /// - Parameter batchBytes: the most that is sent in one batch; a broker refuses a batch, not only a record, that is
  ///   larger than its topic takes, and librdkafka then fails all of it.
  func forPublication(batchBytes: Int) -> KafkaConfiguration {
    var all = self
    for name in Self.notForPublication { all.properties[name] = nil }
    for (names, value) in Self.tuning where !names.contains(where: { all.properties[$0] != nil }) {
      all.properties[names[0]] = value
    }
    let promised = [
      "enable.idempotence": "true", "acks": "all",
      // An event is never given up: the publisher decides what to drop, by `reset`.
      "message.timeout.ms": "0",
      // A broker would create a topic that was deleted with its own number of partitions.
      "allow.auto.create.topics": "false",
      "queue.buffering.max.kbytes": String(Self.queueBytes >> 10), "queue.buffering.max.messages": "100000",
      // Of one record; what a topic takes is foreseen by `sizeLimit`.
      "message.max.bytes": String(Self.recordBytes), "batch.size": String(batchBytes),
    ]
    return all.with(promised)
  }

  /// What the producer's queue holds, in bytes.
  static let queueBytes = 16 << 20
  /// The largest record that it takes, in bytes.
  static let recordBytes = TopicOrder.deadLetterBytes

  /// librdkafka's names, the aliases of what is set here among them: an alias would win.
  private static let notForPublication = [
    "group.id", "group.instance.id", "transactional.id", "delivery.timeout.ms", "request.required.acks",
    "message.send.max.retries", "retries", "delivery.report.only.error", "dr_msg_cb", "dr_cb",
  ]

  private static let tuning: [(names: [String], value: String)] = [
    // Only while more is being sent: a poll that waits sends all at once. Each of many small batches costs librdkafka's
    // thread as much as a large one (measured: half of its time at 100 ms instead of 10).
    (["linger.ms", "queue.buffering.max.ms"], "100"),
    (["compression.codec", "compression.type"], "lz4"),
    // Notices a topic that was deleted, or made anew, without a record that fails first.
    (["topic.metadata.refresh.interval.ms"], "30000"),
  ]
}
