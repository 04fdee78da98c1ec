// librdkafka's list of (topic, partition, offset, error).

internal import CLibrdkafka

/// The only owner of an rd_kafka_topic_partition_list_t.
@safe
struct PartitionList: ~Copyable {
  let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

  init(capacity: Int = 8) {
    unsafe pointer = rd_kafka_topic_partition_list_new(Int32(clamping: capacity))
  }

  init(_ offsets: [(partition: Int32, offset: Int64)], topic: String) {
    self.init(capacity: offsets.count)
    for entry in offsets { add(topic: topic, partition: entry.partition, offset: entry.offset) }
  }

  deinit { unsafe rd_kafka_topic_partition_list_destroy(pointer) }

  func add(topic: String, partition: Int32, offset: Int64) {
    let entry = unsafe rd_kafka_topic_partition_list_add(pointer, topic, partition)
    unsafe entry?.pointee.offset = offset
  }

  /// The first error of an entry: librdkafka reports success for the whole and failure for its parts.
  func firstError() -> KafkaError? {
    for index in 0..<Int(unsafe pointer.pointee.cnt) {
      let entry = unsafe pointer.pointee.elems[index]
      if unsafe entry.err != RD_KAFKA_RESP_ERR_NO_ERROR { return unsafe KafkaError(entry.err) }
    }
    return nil
  }

  /// Partition, offset and error code of every entry.
  func entries() -> [(partition: Int32, offset: Int64, code: Int32)] {
    var all: [(partition: Int32, offset: Int64, code: Int32)] = []
    for index in 0..<Int(unsafe pointer.pointee.cnt) {
      let entry = unsafe pointer.pointee.elems[index]
      unsafe all.append((entry.partition, entry.offset, entry.err.rawValue))
    }
    return all
  }
}
