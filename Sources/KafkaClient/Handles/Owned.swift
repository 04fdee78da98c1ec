// Every handle that librdkafka gives away lives in one of these owners, which destroys it exactly once.
// All of librdkafka's opaque types import as `OpaquePointer`; the type parameter keeps them apart.

internal import CLibrdkafka

/// A kind of librdkafka handle and how it is destroyed.
protocol CResource {
  static func destroy(_ pointer: OpaquePointer)
}

/// A kind whose handles librdkafka allows every thread to use at once.
protocol ThreadSafeResource: CResource {}

/// The only owner of one C handle.
@safe
struct Owned<Resource: CResource>: ~Copyable {
  /// Valid while the owner lives; whoever keeps it longer must keep the owner too.
  let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) { unsafe self.pointer = pointer }

  init?(ifAny pointer: OpaquePointer?) {
    guard let pointer = unsafe pointer else { return nil }
    unsafe self.pointer = pointer
  }

  deinit { unsafe Resource.destroy(pointer) }

  /// Gives the handle to C code that takes it over.
  consuming func relinquish() -> OpaquePointer {
    let taken = unsafe pointer
    discard self
    return unsafe taken
  }
}

// rdkafka.h: the API is thread-safe; the handles marked ThreadSafeResource carry their own locks.
extension Owned: @unchecked Sendable where Resource: ThreadSafeResource {}

enum ClientResource: ThreadSafeResource {
  // A consumer leaves its group in `Consumer.close`. Destroying without that never waits for a callback.
  static func destroy(_ pointer: OpaquePointer) {
    unsafe rd_kafka_destroy_flags(pointer, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
  }
}

enum QueueResource: ThreadSafeResource {
  static func destroy(_ pointer: OpaquePointer) { unsafe rd_kafka_queue_destroy(pointer) }
}

enum TopicResource: ThreadSafeResource {
  static func destroy(_ pointer: OpaquePointer) { unsafe rd_kafka_topic_destroy(pointer) }
}

enum MockClusterResource: ThreadSafeResource {
  static func destroy(_ pointer: OpaquePointer) { unsafe rd_kafka_mock_cluster_destroy(pointer) }
}

enum SettingsResource: CResource {
  static func destroy(_ pointer: OpaquePointer) { unsafe rd_kafka_conf_destroy(pointer) }
}

enum EventResource: CResource {
  static func destroy(_ pointer: OpaquePointer) { unsafe rd_kafka_event_destroy(pointer) }
}

enum HeadersResource: CResource {
  static func destroy(_ pointer: OpaquePointer) { unsafe rd_kafka_headers_destroy(pointer) }
}

enum ErrorResource: CResource {
  static func destroy(_ pointer: OpaquePointer) { unsafe rd_kafka_error_destroy(pointer) }
}

enum AdminOptionsResource: CResource {
  static func destroy(_ pointer: OpaquePointer) { unsafe rd_kafka_AdminOptions_destroy(pointer) }
}
