// Offsets committed to Kafka: as a proof of membership, and for lag tools. Never read back while running.

internal import CLibrdkafka

extension Consumer {
  /// Commits and waits for the coordinator's answer: success proves that this member belongs to the
  /// current generation. Throws `illegalGeneration`, `unknownMemberID` or `rebalanceInProgress` if it does
  /// not, and `timedOut` when no answer came within `limit` (a default of 5 s); then nothing is known.
  public func commit(
    _ offsets: [(partition: Int32, offset: Int64)], topic: String, within limit: Duration = .seconds(5)
  ) throws(KafkaError) {
    try refuseReader()
    let list = PartitionList(offsets, topic: topic)
    try client.require { client throws(KafkaError) in
      // rd_kafka_commit itself waits for the coordinator without a deadline; a queue of our own has one.
      let replies = unsafe Owned<QueueResource>(rd_kafka_queue_new(client))
      let sent = unsafe rd_kafka_commit_queue(client, list.pointer, replies.pointer, nil, nil)
      try KafkaError.check(sent)
      let raw = unsafe rd_kafka_queue_poll(replies.pointer, limit.milliseconds)
      guard let event = unsafe Owned<EventResource>(ifAny: raw) else {
        throw KafkaError(code: KafkaError.Code.timedOut, message: "the commit was not answered in \(limit)")
      }
      try unsafe KafkaError.check(rd_kafka_event_error(event.pointer))
      if let failed = unsafe Self.firstError(rd_kafka_event_topic_partition_list(event.pointer)) {
        throw failed
      }
    }
  }

  /// Commits without waiting. A refusal shows only as a rebalance; what cannot even be sent is an `error` event.
  public func commitLater(_ offsets: [(partition: Int32, offset: Int64)], topic: String) {
    guard isMember, !offsets.isEmpty else { return }
    let list = PartitionList(offsets, topic: topic)
    let result = client.use { unsafe rd_kafka_commit($0, list.pointer, 1) }
    if let result, result != RD_KAFKA_RESP_ERR_NO_ERROR { events.record(.error(KafkaError(result))) }
  }

  /// The group's committed offsets of these partitions; a partition without one is absent.
  public func committed(
    topic: String, partitions: [Int32], timeout: Duration
  ) throws(KafkaError) -> [Int32: Int64] {
    try refuseReader()
    let list = PartitionList(partitions.map { (partition: $0, offset: -1001) }, topic: topic)
    try client.require { client throws(KafkaError) in
      try unsafe KafkaError.check(rd_kafka_committed(client, list.pointer, timeout.milliseconds))
    }
    if let failed = list.firstError() { throw failed }
    var found: [Int32: Int64] = [:]
    for entry in list.entries() where entry.offset >= 0 { found[entry.partition] = entry.offset }
    return found
  }

  private func refuseReader() throws(KafkaError) {
    if isMember { return }
    throw KafkaError(
      code: KafkaError.Code.wrongState, message: "a consumer without group.id has no committed offsets")
  }

  private static func firstError(
    _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
  ) -> KafkaError? {
    guard let list = unsafe list else { return nil }
    for index in 0..<Int(unsafe list.pointee.cnt) {
      let code = unsafe list.pointee.elems[index].err
      if code != RD_KAFKA_RESP_ERR_NO_ERROR { return KafkaError(code) }
    }
    return nil
  }
}
