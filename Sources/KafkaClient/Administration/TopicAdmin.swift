// Topics made, changed and described through the admin API. Needs a real broker: the mock has none of it.

internal import CLibrdkafka

/// Creates, deletes and describes topics. Each call waits for the controller's answer, at most `timeout`;
/// the brokers may tell the change a moment later.
public final class TopicAdmin: Sendable {
  let client: ClientHandle
  let timeout: Duration

  /// Connects in the background.
  public init(_ configuration: KafkaConfiguration, timeout: Duration = .seconds(30)) throws(KafkaError) {
    let settings = try ClientSettings(try configuration.resolved(for: .admin))
    // No log: errors come back with the calls, and nobody would read a queue of lines.
    unsafe rd_kafka_conf_set_log_cb(settings.pointer, nil)
    let owner = try settings.makeClient(RD_KAFKA_PRODUCER)
    client = ClientHandle(owner, context: nil)
    self.timeout = timeout
  }

  /// Creates a topic; `replicas` -1 leaves the number to the broker. Throws `topicAlreadyExists`.
  public func createTopic(
    _ name: String, partitions: Int32, replicas: Int32 = -1, config: [String: String] = [:]
  ) throws(KafkaError) {
    var text = [CChar](repeating: 0, count: 512)
    let raw = unsafe rd_kafka_NewTopic_new(name, partitions, replicas, &text, text.count)
    guard let topic = unsafe Owned<NewTopicResource>(ifAny: raw) else { throw .refused(text) }
    for (key, value) in config { unsafe rd_kafka_NewTopic_set_config(topic.pointer, key, value) }
    let event = try run(RD_KAFKA_ADMIN_OP_CREATETOPICS) { client, options, queue in
      var topics: [OpaquePointer?] = unsafe [topic.pointer]
      unsafe rd_kafka_CreateTopics(client, &topics, 1, options, queue)
    }
    var count = 0
    let result = unsafe rd_kafka_event_CreateTopics_result(event.pointer)
    try unsafe Self.check(rd_kafka_CreateTopics_result_topics(result, &count), count)
  }

  /// Deletes a topic. Throws `unknownTopicOrPartition`.
  public func deleteTopic(_ name: String) throws(KafkaError) {
    let topic = unsafe Owned<DeleteTopicResource>(rd_kafka_DeleteTopic_new(name))
    let event = try run(RD_KAFKA_ADMIN_OP_DELETETOPICS) { client, options, queue in
      var topics: [OpaquePointer?] = unsafe [topic.pointer]
      unsafe rd_kafka_DeleteTopics(client, &topics, 1, options, queue)
    }
    var count = 0
    let result = unsafe rd_kafka_event_DeleteTopics_result(event.pointer)
    try unsafe Self.check(rd_kafka_DeleteTopics_result_topics(result, &count), count)
  }

  /// Raises a topic's number of partitions to `total`.
  public func createPartitions(_ topic: String, total: Int) throws(KafkaError) {
    var text = [CChar](repeating: 0, count: 512)
    let raw = unsafe rd_kafka_NewPartitions_new(topic, total, &text, text.count)
    guard let partitions = unsafe Owned<NewPartitionsResource>(ifAny: raw) else { throw .refused(text) }
    let event = try run(RD_KAFKA_ADMIN_OP_CREATEPARTITIONS) { client, options, queue in
      var all: [OpaquePointer?] = unsafe [partitions.pointer]
      unsafe rd_kafka_CreatePartitions(client, &all, 1, options, queue)
    }
    var count = 0
    let result = unsafe rd_kafka_event_CreatePartitions_result(event.pointer)
    try unsafe Self.check(rd_kafka_CreatePartitions_result_topics(result, &count), count)
  }

  /// Deletes the records of each partition before the given offset; -1: all there are.
  public func deleteRecords(
    _ topic: String, before offsets: [(partition: Int32, offset: Int64)]
  ) throws(KafkaError) {
    let list = PartitionList(offsets, topic: topic)
    let request = unsafe Owned<DeleteRecordsResource>(rd_kafka_DeleteRecords_new(list.pointer))
    let event = try run(RD_KAFKA_ADMIN_OP_DELETERECORDS) { client, options, queue in
      var all: [OpaquePointer?] = unsafe [request.pointer]
      unsafe rd_kafka_DeleteRecords(client, &all, 1, options, queue)
    }
    let result = unsafe rd_kafka_event_DeleteRecords_result(event.pointer)
    guard let done = unsafe rd_kafka_DeleteRecords_result_offsets(result) else { return }
    for index in 0..<Int(unsafe done.pointee.cnt) {
      try unsafe KafkaError.check(done.pointee.elems[index].err)
    }
  }

  /// A topic's settings, as in `cleanup.policy`. Settings without a value are absent.
  public func topicConfiguration(_ topic: String) throws(KafkaError) -> [String: String] {
    let resource = unsafe Owned<ConfigResource>(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic))
    let event = try run(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS) { client, options, queue in
      var all: [OpaquePointer?] = unsafe [resource.pointer]
      unsafe rd_kafka_DescribeConfigs(client, &all, 1, options, queue)
    }
    var count = 0
    let result = unsafe rd_kafka_event_DescribeConfigs_result(event.pointer)
    let resources = unsafe rd_kafka_DescribeConfigs_result_resources(result, &count)
    guard count > 0, let found = unsafe resources?[0] else { return [:] }
    let code = unsafe rd_kafka_ConfigResource_error(found)
    if code != RD_KAFKA_RESP_ERR_NO_ERROR {
      let text = unsafe rd_kafka_ConfigResource_error_string(found).map { unsafe String(cString: $0) }
      throw KafkaError(code, message: text)
    }
    var settings: [String: String] = [:]
    let entries = unsafe rd_kafka_ConfigResource_configs(found, &count)
    for index in 0..<count {
      guard let entry = unsafe entries?[index], let name = unsafe rd_kafka_ConfigEntry_name(entry),
        let value = unsafe rd_kafka_ConfigEntry_value(entry)
      else { continue }
      unsafe settings[String(cString: name)] = unsafe String(cString: value)
    }
    return settings
  }

  /// Frees everything; false if librdkafka did not let go within `limit`.
  @discardableResult
  public func close(within limit: Duration = .seconds(5)) -> Bool {
    guard client.shut() else { return true }
    return finishes(within: limit) { [client] in
      client.waitForCalls()
      client.destroy()
    }
  }

  @safe
  private func run(
    _ operation: rd_kafka_admin_op_t,
    _ request: (_ client: OpaquePointer, _ options: OpaquePointer, _ queue: OpaquePointer) -> Void
  ) throws(KafkaError) -> Owned<EventResource> {
    try client.require { client throws(KafkaError) in
      let options = unsafe Owned<AdminOptionsResource>(rd_kafka_AdminOptions_new(client, operation))
      var text = [CChar](repeating: 0, count: 512)
      try unsafe KafkaError.check(
        rd_kafka_AdminOptions_set_request_timeout(
          options.pointer, timeout.milliseconds, &text, text.count))
      let queue = unsafe Owned<QueueResource>(rd_kafka_queue_new(client))
      unsafe request(client, options.pointer, queue.pointer)
      // librdkafka answers by its own request timeout; the second on top only guards against silence.
      let wait = timeout + .seconds(1)
      guard
        let event = unsafe Owned<EventResource>(ifAny: rd_kafka_queue_poll(queue.pointer, wait.milliseconds))
      else { throw KafkaError(code: KafkaError.Code.timedOut) }
      let code = unsafe rd_kafka_event_error(event.pointer)
      if code != RD_KAFKA_RESP_ERR_NO_ERROR {
        let cause = unsafe rd_kafka_event_error_string(event.pointer).map { unsafe String(cString: $0) }
        throw KafkaError(code, message: cause)
      }
      return event
    }
  }

  private static func check(
    _ topics: UnsafeMutablePointer<OpaquePointer?>?, _ count: Int
  ) throws(KafkaError) {
    for index in 0..<count {
      guard let topic = unsafe topics?[index] else { continue }
      let code = unsafe rd_kafka_topic_result_error(topic)
      if code == RD_KAFKA_RESP_ERR_NO_ERROR { continue }
      let text = unsafe rd_kafka_topic_result_error_string(topic).map { unsafe String(cString: $0) }
      throw KafkaError(code, message: text)
    }
  }
}

extension KafkaError {
  fileprivate static func refused(_ text: [CChar]) -> KafkaError {
    .invalid(String(terminated: text))
  }
}
