// Questions to the brokers about the cluster, a topic and a log. Each asks anew; nothing is cached here.

internal import CLibrdkafka
import Foundation

extension Consumer {
  /// The cluster's id. Throws `timedOut` if no broker told it within `timeout`.
  public func clusterID(timeout: Duration) throws(KafkaError) -> String {
    try client.require { client throws(KafkaError) in
      guard let text = unsafe rd_kafka_clusterid(client, timeout.milliseconds) else {
        throw KafkaError(code: KafkaError.Code.timedOut, message: "no broker told the cluster's id")
      }
      defer { unsafe rd_kafka_mem_free(client, text) }
      return unsafe String(cString: text)
    }
  }

  /// The number of partitions as a broker tells it now; nil: there is no such topic.
  /// A topic whose leaders are being chosen is asked for again, until `timeout`.
  public func partitionCount(of topic: String, timeout: Duration) throws(KafkaError) -> Int32? {
    let deadline = ContinuousClock.now + timeout
    while true {
      let left = deadline - ContinuousClock.now
      do throws(KafkaError) {
        return try fetchPartitionCount(of: topic, timeout: max(left, .milliseconds(1)))
      } catch {
        if error.code == KafkaError.Code.unknownTopicOrPartition { return nil }
        guard error.code == KafkaError.Code.leaderNotAvailable, left > .milliseconds(100) else { throw error }
      }
      // Nothing signals this: the brokers choose leaders among themselves.
      Thread.sleep(forTimeInterval: 0.1)
    }
  }

  /// Asks for the metadata of all topics: this, unlike a question about one topic, makes the group
  /// notice new partitions at once.
  public func refreshAllMetadata(timeout: Duration) throws(KafkaError) {
    try client.require { client throws(KafkaError) in
      _ = try unsafe Metadata.fetch(client, topic: nil, timeout: timeout)
    }
  }

  /// The first offset of a partition's log and the one after its last. Under `read_committed` `high` is
  /// the last stable offset. Throws rather than return the zeros that librdkafka leaves on an error.
  public func watermarks(
    topic: String, partition: Int32, timeout: Duration
  ) throws(KafkaError) -> (low: Int64, high: Int64) {
    try client.require { client throws(KafkaError) in
      var low: Int64 = -1
      var high: Int64 = -1
      let result = unsafe rd_kafka_query_watermark_offsets(
        client, topic, partition, &low, &high, timeout.milliseconds)
      try KafkaError.check(result)
      return (low: low, high: high)
    }
  }

  private func fetchPartitionCount(of topic: String, timeout: Duration) throws(KafkaError) -> Int32 {
    try client.require { client throws(KafkaError) in
      guard let handle = unsafe Owned<TopicResource>(ifAny: rd_kafka_topic_new(client, topic, nil)) else {
        throw KafkaError(rd_kafka_last_error())
      }
      let metadata = try unsafe Metadata.fetch(client, topic: handle.pointer, timeout: timeout)
      return try metadata.partitionCount(of: topic)
    }
  }
}
