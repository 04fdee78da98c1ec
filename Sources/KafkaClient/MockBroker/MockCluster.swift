// librdkafka's mock cluster: brokers on loopback ports of this process, for tests and demonstrations.

internal import CLibrdkafka

/// A cluster in memory that speaks Kafka's protocol and fails on request. Other processes can connect too.
/// It proves nothing about idempotence, static membership, partition growth or leader elections, none of
/// which it implements (2.0.2). Keep `session.timeout.ms` at 4000 and `fetch.wait.max.ms` at 10 with it.
public final class MockCluster: Sendable {
  // Declared in this order: the cluster is destroyed before the client that carries it.
  private let cluster: Owned<MockClusterResource>
  private let carrier: Owned<ClientResource>
  /// What clients connect to.
  public let bootstrapServers: String

  /// Starts brokers numbered from 1.
  public init(brokers: Int = 1) throws(KafkaError) {
    let settings = try ClientSettings([("client.id", "mock-cluster"), ("log_level", "3")])
    let carrier = try settings.makeClient(RD_KAFKA_PRODUCER)
    guard
      let cluster = unsafe Owned<MockClusterResource>(
        ifAny: rd_kafka_mock_cluster_new(carrier.pointer, Int32(clamping: brokers)))
    else { throw KafkaError(rd_kafka_last_error()) }
    bootstrapServers = unsafe String(cString: rd_kafka_mock_cluster_bootstraps(cluster.pointer))
    self.cluster = consume cluster
    self.carrier = consume carrier
  }

  /// Creates a topic; throws `topicAlreadyExists`.
  public func createTopic(_ name: String, partitions: Int32, replicas: Int32 = 1) throws(KafkaError) {
    try unsafe KafkaError.check(rd_kafka_mock_topic_create(cluster.pointer, name, partitions, replicas))
  }

  /// Answers questions about a topic with an error code; 0 ends it.
  public func setTopicError(_ name: String, code: Int32) {
    unsafe rd_kafka_mock_topic_set_error(cluster.pointer, name, rd_kafka_resp_err_t(rawValue: code))
  }

  /// Answers the next requests of a kind with these codes, in order; 0 lets one pass, `transport` disconnects.
  public func pushErrors(apiKey: APIKey, codes: [Int32]) {
    let raw = codes.map { rd_kafka_resp_err_t(rawValue: $0) }
    unsafe rd_kafka_mock_push_request_errors_array(cluster.pointer, apiKey.rawValue, raw.count, raw)
  }

  /// Forgets the errors that were pushed and not used.
  public func clearErrors(apiKey: APIKey) {
    unsafe rd_kafka_mock_clear_request_errors(cluster.pointer, apiKey.rawValue)
  }

  /// Stops a broker: its connections break and new ones are refused. Its data stays.
  public func setBrokerDown(_ id: Int32) throws(KafkaError) {
    try unsafe KafkaError.check(rd_kafka_mock_broker_set_down(cluster.pointer, id))
  }

  /// Lets a stopped broker listen again, on the same port.
  public func setBrokerUp(_ id: Int32) throws(KafkaError) {
    try unsafe KafkaError.check(rd_kafka_mock_broker_set_up(cluster.pointer, id))
  }

  /// Delays a broker's answers; -1 delays all brokers'. In milliseconds.
  public func setRoundTrip(_ milliseconds: Int, broker id: Int32 = -1) throws(KafkaError) {
    try unsafe KafkaError.check(
      rd_kafka_mock_broker_set_rtt(cluster.pointer, id, Int32(clamping: milliseconds)))
  }

  /// Makes a broker the coordinator of a group.
  public func setCoordinator(group: String, broker id: Int32) throws(KafkaError) {
    try unsafe KafkaError.check(rd_kafka_mock_coordinator_set(cluster.pointer, "group", group, id))
  }

  /// Makes a broker the leader of a partition; -1: the partition has none.
  public func setLeader(topic: String, partition: Int32, broker id: Int32) throws(KafkaError) {
    try unsafe KafkaError.check(rd_kafka_mock_partition_set_leader(cluster.pointer, topic, partition, id))
  }
}
