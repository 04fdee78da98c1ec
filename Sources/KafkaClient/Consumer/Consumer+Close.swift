// Ways to end a consumer. All are bounded: librdkafka's own close and destroy may wait for ever.

internal import CLibrdkafka

extension Consumer {
  /// Leaves the group and frees everything, queues included. Blocks at most `limit`; false means that
  /// librdkafka did not let go in time, and the process should end with `_exit`.
  /// Calls under way on other threads are waited for; later ones do nothing or throw `destroyed`.
  /// A second call returns true at once, whatever becomes of the first.
  public func close(within limit: Duration) -> Bool {
    guard beginClosing() else { return true }
    return finishes(within: limit) { [self] in
      client.waitForCalls()
      releaseQueues()
      client.finish { unsafe Self.leaveGroup($0) }
      client.destroy()
    }
  }

  /// Frees everything without leaving the group: after a fatal error, where leaving may hang.
  /// Blocks at most `limit` (5 s by default); false as for `close`.
  @discardableResult
  public func abandon(within limit: Duration = .seconds(5)) -> Bool {
    guard beginClosing() else { return true }
    return finishes(within: limit) { [self] in
      client.waitForCalls()
      releaseQueues()
      client.destroy()
    }
  }

  private func beginClosing() -> Bool {
    events.beginClosing()
    // Wakes the thread that waits in `poll`.
    client.use { client in
      let queue = unsafe Owned<QueueResource>(ifAny: rd_kafka_queue_get_consumer(client))
      if let queue { unsafe rd_kafka_queue_yield(queue.pointer) }
    }
    return client.shut()
  }

  private static func leaveGroup(_ client: OpaquePointer) {
    // A rebalance that nobody answered would hold the close up.
    unsafe rd_kafka_assign(client, nil)
    let queue = unsafe Owned<QueueResource>(rd_kafka_queue_new(client))
    if unsafe KafkaError.taking(rd_kafka_consumer_close_queue(client, queue.pointer)) != nil {
      return  // After a fatal error there is nothing to leave.
    }
    while unsafe rd_kafka_consumer_closed(client) == 0 {
      guard let event = unsafe Owned<EventResource>(ifAny: rd_kafka_queue_poll(queue.pointer, 20)) else {
        continue
      }
      if unsafe rd_kafka_event_type(event.pointer) == RD_KAFKA_EVENT_REBALANCE {
        unsafe rd_kafka_assign(client, nil)
      }
    }
  }
}
