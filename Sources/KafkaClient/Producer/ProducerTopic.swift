// A topic as a producer knows it, looked up once.

internal import CLibrdkafka

/// A topic's handle of one producer, for those who send many records to few topics. Kept as long as one likes: it
/// keeps the client alive, and once the producer is closed it leads nowhere.
public final class ProducerTopic: Sendable {
  /// The topic's name.
  public let name: String
  let client: ClientHandle
  // Unchecked: read only inside calls that the client lets in, and written by the producer's `close` after the last
  // of them, or in `deinit`.
  nonisolated(unsafe) private var owner: Owned<TopicResource>?

  init(_ name: String, _ owner: consuming Owned<TopicResource>, client: ClientHandle) {
    self.name = name
    self.client = client
    unsafe self.owner = consume owner
  }

  // Before the client goes with its last user: librdkafka wants its topics back first.
  deinit { unsafe owner = nil }

  /// Nil once released.
  var pointer: OpaquePointer? { unsafe owner?.pointer }

  /// Only after the client was shut and its last call has returned.
  func release() { unsafe owner = nil }
}
