// Which topics there are. All are asked for: a question about one that is missing makes some brokers create it.

internal import CLibrdkafka

extension Producer {
  /// All topics that this user may see, and their numbers of partitions, as a broker tells them now; zero where it does
  /// not know yet. It also refreshes what the producer itself knows of the topics it sends to.
  public func topicPartitions(timeout: Duration) throws(KafkaError) -> [String: Int32] {
    try client.topicPartitions(timeout: timeout)
  }
}

extension Consumer {
  /// All topics that this user may see, and their numbers of partitions, as a broker tells them now; zero where it does
  /// not know yet. Like `refreshAllMetadata`, it makes the group notice new partitions.
  public func topicPartitions(timeout: Duration) throws(KafkaError) -> [String: Int32] {
    try client.topicPartitions(timeout: timeout)
  }
}

extension TopicAdmin {
  /// All topics that this user may see, and their numbers of partitions, as a broker tells them now; zero where it does
  /// not know yet.
  public func topicPartitions() throws(KafkaError) -> [String: Int32] {
    try client.topicPartitions(timeout: timeout)
  }
}

extension TopicAdmin {
  /// Whether the brokers name a controller, and it is one of them: without, every order only times out. So it is with
  /// librdkafka's mock, and for moments with a real cluster.
  public func hasController() throws(KafkaError) -> Bool {
    try client.require { client throws(KafkaError) in
      let metadata = try unsafe Metadata.fetch(client, topic: nil, timeout: timeout)
      // Known from that answer, so nothing is waited for.
      return metadata.hasBroker(unsafe rd_kafka_controllerid(client, 0))
    }
  }
}

extension ClientHandle {
  fileprivate func topicPartitions(timeout: Duration) throws(KafkaError) -> [String: Int32] {
    try require { client throws(KafkaError) in
      try unsafe Metadata.fetch(client, topic: nil, timeout: timeout).partitionCounts()
    }
  }
}
