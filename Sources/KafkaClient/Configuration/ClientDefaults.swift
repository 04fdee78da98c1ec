// The properties each kind of client starts from, and the ones it refuses to change.

extension KafkaConfiguration {
  /// What a client is for: it decides defaults and refusals.
  public enum Role: Sendable {
    /// A group member (with `group.id`) or a reader of given partitions (without).
    case consumer
    /// A producer.
    case producer
    /// A client for the admin API.
    case admin
  }

  /// Where a consumer starts from. Reasons beside the values that are not librdkafka's.
  public static let consumerDefaults: [String: String] = [
    "enable.auto.commit": "false",  // Offsets are the caller's.
    "enable.auto.offset.store": "false",
    "auto.offset.reset": "error",  // An offset outside the log is news, not a reason to jump.
    "isolation.level": "read_committed",
    "check.crcs": "true",
    "allow.auto.create.topics": "false",
    "enable.partition.eof": "true",  // The end carries the last stable offset: trailing markers show.
    "partition.assignment.strategy": "range",  // Eager: cooperative ones lose assignments before 2.10.
    "heartbeat.interval.ms": "500",  // Bounds how long the others stand still in a rebalance.
    "session.timeout.ms": "25000",  // Rides out the loss of the coordinating broker (11 to 13 s).
    "max.poll.interval.ms": "300000",
    "topic.metadata.refresh.interval.ms": "5000",  // Notices partition growth.
    "fetch.wait.max.ms": "50",  // Bounds a re-read on a quiet log.
    "fetch.error.backoff.ms": "50",
    "queued.min.messages": "10000",
    "log.queue": "true",
    "socket.keepalive.enable": "true",
  ]

  /// Where a producer starts from.
  public static let producerDefaults: [String: String] = [
    "enable.idempotence": "true",
    "partitioner": "murmur2_random",  // As Java's; librdkafka's own default agrees with nobody else's.
    "linger.ms": "5",
    "compression.codec": "lz4",
    "log.queue": "true",
    "socket.keepalive.enable": "true",
  ]

  static let adminDefaults: [String: String] = ["socket.keepalive.enable": "true"]

  /// All properties of a client in this role: its defaults, then the overrides, so that an override wins
  /// under an alias (`compression.type`, `queue.buffering.max.ms`) too.
  /// Throws `invalidArgument`, with the reason, for an override that would break what the client promises.
  func resolved(for role: Role) throws(KafkaError) -> [(name: String, value: String)] {
    let defaults =
      switch role {
      case .consumer: Self.consumerDefaults
      case .producer: Self.producerDefaults
      case .admin: Self.adminDefaults
      }
    let overrides = properties.sorted { $0.key < $1.key }
    for (name, value) in overrides {
      guard let reason = refusal(of: name, value: value, role: role) else { continue }
      throw KafkaError(
        code: KafkaError.Code.invalidArgument, message: "\(name) cannot be \(value): \(reason)",
        hint: "remove \(name) from the configuration")
    }
    let kept = defaults.filter { properties[$0.key] == nil }.sorted { $0.key < $1.key }
    return (kept + overrides).map { (name: $0.key, value: $0.value) }
  }

  private func refusal(of name: String, value: String, role: Role) -> String? {
    let value = value.lowercased()
    let isFalse = ["false", "f", "0"].contains(value)
    let isTrue = ["true", "t", "1"].contains(value)
    switch (role, name) {
    case (_, "log.queue"):
      return isTrue ? nil : "log lines are delivered with the events of a poll"
    case (.consumer, "enable.auto.commit"), (.consumer, "auto.commit.enable"):
      return isFalse ? nil : "offsets are committed by the caller, after its own commit"
    case (.consumer, "enable.auto.offset.store"):
      return isFalse ? nil : "offsets are committed by the caller, after its own commit"
    case (.consumer, "auto.offset.reset"):
      return value == "error" ? nil : "an offset outside the log must halt, not jump over records"
    case (.consumer, "isolation.level"):
      let allowed = value == "read_committed" || group == nil
      return allowed ? nil : "a group member must not read aborted records"
    case (.consumer, "partition.assignment.strategy"):
      let isCooperative = value.contains("cooperative")
      return isCooperative ? "cooperative rebalances lose assignments before librdkafka 2.10" : nil
    default:
      return nil
    }
  }
}
