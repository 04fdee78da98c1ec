// Records that lie in one buffer: the way for those who send many, with no allocation of ours for each.

internal import CLibrdkafka

extension Producer {
  /// The handle of a topic, made at the first question. A broker hears of it only with the first record, or with
  /// the next question about all topics.
  public func topic(_ name: String) throws(KafkaError) -> ProducerTopic {
    try client.require { client throws(KafkaError) in try unsafe handle(of: name, client) }
  }

  /// Queues a record whose key, value and headers are parts of `bytes`; they are copied. A nil key or value is null,
  /// an empty range is empty. Headers keep their order; names are UTF-8.
  ///
  /// Allocates nothing in Swift; librdkafka allocates the record, its list of headers and each header.
  ///
  /// - Parameter tag: comes back with the report.
  /// - Throws: `queueFull`, to be retried after `poll`; `msgSizeTooLarge`; `unknownTopic` and `unknownPartition` where
  ///   the brokers have said that there is none; `invalidArgument` for a range outside the bytes or a topic of another
  ///   producer; what a broken client throws. Nothing was queued then.
  public func produce(
    _ bytes: [UInt8], key: Range<Int>?, value: Range<Int>?,
    headers: [(name: Range<Int>, value: Range<Int>?)] = [], to topic: ProducerTopic, partition: Int32,
    tag: UInt64
  ) throws(KafkaError) {
    guard topic.client === client else { throw .invalid("the topic's handle is of another producer") }
    let draft = RecordDraft(partition: partition, timestamp: 0, tag: tag)
    try client.require { client throws(KafkaError) in
      guard let handle = unsafe topic.pointer else { throw .closed }
      try LentBytes.lend(bytes) { lent throws(KafkaError) in
        let key = try unsafe lent.part(key)
        let value = try unsafe lent.part(value)
        let list = try unsafe lent.headerList(headers)
        try unsafe draft.send(client, topic: handle, key: key, value: value, headers: list)
      }
    }
  }
}
