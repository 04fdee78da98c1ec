// The request objects of the admin API.

internal import CLibrdkafka

enum NewTopicResource: CResource {
  static func destroy(_ pointer: OpaquePointer) { unsafe rd_kafka_NewTopic_destroy(pointer) }
}

enum DeleteTopicResource: CResource {
  static func destroy(_ pointer: OpaquePointer) { unsafe rd_kafka_DeleteTopic_destroy(pointer) }
}

enum NewPartitionsResource: CResource {
  static func destroy(_ pointer: OpaquePointer) { unsafe rd_kafka_NewPartitions_destroy(pointer) }
}

enum DeleteRecordsResource: CResource {
  static func destroy(_ pointer: OpaquePointer) { unsafe rd_kafka_DeleteRecords_destroy(pointer) }
}

enum ConfigResource: CResource {
  static func destroy(_ pointer: OpaquePointer) { unsafe rd_kafka_ConfigResource_destroy(pointer) }
}
