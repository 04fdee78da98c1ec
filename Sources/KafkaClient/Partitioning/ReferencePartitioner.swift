// librdkafka's own partitioners, to compare others with. They need no client.

internal import CLibrdkafka

/// A partitioner of librdkafka.
public enum ReferencePartitioner: String, CaseIterable, Sendable {
  /// As Java's default for records with a key.
  case murmur2
  /// librdkafka's own default, called `consistent` there.
  case crc32
  /// As Sarama's hash partitioner.
  case fnv1a

  /// The partition of a key among `count` partitions.
  public func partition(key: [UInt8], count: Int32) -> Int32 {
    RecordDraft.withBytes(key) { bytes in
      switch self {
      case .murmur2:
        unsafe rd_kafka_msg_partitioner_murmur2(nil, bytes.start, bytes.count, count, nil, nil)
      case .crc32:
        unsafe rd_kafka_msg_partitioner_consistent(nil, bytes.start, bytes.count, count, nil, nil)
      case .fnv1a:
        unsafe rd_kafka_msg_partitioner_fnv1a(nil, bytes.start, bytes.count, count, nil, nil)
      }
    }
  }
}
