// The brokers' answer to a question about topics.

internal import CLibrdkafka

/// The only owner of an answer about topics.
@safe
struct Metadata: ~Copyable {
  private let pointer: UnsafePointer<rd_kafka_metadata>

  private init(_ pointer: UnsafePointer<rd_kafka_metadata>) { unsafe self.pointer = pointer }

  deinit { unsafe rd_kafka_metadata_destroy(pointer) }

  /// Asks a broker for one topic, or for all.
  static func fetch(
    _ client: OpaquePointer, topic: OpaquePointer?, timeout: Duration
  ) throws(KafkaError) -> Metadata {
    var pointer: UnsafePointer<rd_kafka_metadata>?
    let all: Int32 = unsafe topic == nil ? 1 : 0
    let result = unsafe rd_kafka_metadata(client, all, topic, &pointer, timeout.milliseconds)
    try KafkaError.check(result)
    guard let pointer = unsafe pointer else { throw KafkaError(RD_KAFKA_RESP_ERR__FAIL) }
    return unsafe Metadata(pointer)
  }

  /// The partition count of a topic in this answer; throws the topic's own error.
  func partitionCount(of topic: String) throws(KafkaError) -> Int32 {
    for index in 0..<Int(unsafe pointer.pointee.topic_cnt) {
      let entry = unsafe pointer.pointee.topics[index]
      guard let name = unsafe entry.topic, unsafe String(cString: name) == topic else { continue }
      try unsafe KafkaError.check(entry.err)
      return unsafe entry.partition_cnt
    }
    throw KafkaError(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
  }

  /// The partition counts of all topics in this answer. Without those that their own error says are not there; zero
  /// where leaders are still being chosen.
  func partitionCounts() -> [String: Int32] {
    var counts: [String: Int32] = [:]
    for index in 0..<Int(unsafe pointer.pointee.topic_cnt) {
      let entry = unsafe pointer.pointee.topics[index]
      guard let name = unsafe entry.topic else { continue }
      switch unsafe entry.err {
      case RD_KAFKA_RESP_ERR_NO_ERROR, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE:
        unsafe counts[String(cString: name)] = entry.partition_cnt
      default: break
      }
    }
    return counts
  }

  /// Whether a broker of this id is in this answer.
  func hasBroker(_ id: Int32) -> Bool {
    (0..<Int(unsafe pointer.pointee.broker_cnt)).contains { unsafe pointer.pointee.brokers[$0].id == id }
  }
}
