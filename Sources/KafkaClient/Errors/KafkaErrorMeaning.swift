// What each code means for a caller: may it be retried, does it refuse us, what can be done.

extension KafkaError {
  static let retriableCodes: Set<Int32> = [
    Code.transport, Code.allBrokersDown, Code.resolve, Code.timedOut, Code.requestTimedOut,
    Code.leaderNotAvailable, Code.notLeader, Code.coordinatorNotAvailable, Code.notCoordinator,
    Code.waitingForCoordinator, Code.rebalanceInProgress, Code.queueFull,
  ]

  static let loginCodes: Set<Int32> = [
    Code.authentication, Code.saslAuthenticationFailed, Code.ssl, Code.topicAuthorizationFailed,
    Code.groupAuthorizationFailed, Code.clusterAuthorizationFailed,
    Code.transactionalIDAuthorizationFailed,
  ]

  /// Errors after which librdkafka may resume on another log under the same name (it cannot see topic ids).
  static let disturbingCodes: Set<Int32> = [
    Code.transport, Code.allBrokersDown, Code.resolve, Code.timedOut, Code.unknownTopicOrPartition,
    Code.unknownTopic, Code.unknownPartition, Code.leaderNotAvailable, Code.notLeader,
    Code.topicAuthorizationFailed,
  ]

  static func hint(for code: Int32) -> String? { hints[code] }

  private static let hints: [Int32: String] = [
    Code.authentication:
      "check sasl.mechanism, sasl.username and sasl.password; librdkafka before 2.6.1 cannot use SCRAM "
      + "with Kafka 4 (librdkafka #4895): use PLAIN over TLS or client certificates",
    Code.saslAuthenticationFailed: "check sasl.mechanism, sasl.username and sasl.password",
    Code.ssl: "check ssl.ca.location and that the broker's certificate names the host in bootstrap.servers",
    Code.topicAuthorizationFailed: "grant this user READ or WRITE and DESCRIBE on the topic",
    Code.groupAuthorizationFailed: "grant this user READ on the consumer group",
    Code.clusterAuthorizationFailed:
      "grant this user the operation on the cluster (IDEMPOTENT_WRITE, CREATE)",
    Code.transactionalIDAuthorizationFailed: "grant this user WRITE and DESCRIBE on the transactional id",
    Code.allBrokersDown: "check bootstrap.servers and security.protocol; the client goes on trying",
    Code.resolve: "check the host names in bootstrap.servers and in the brokers' advertised.listeners",
    Code.unknownTopicOrPartition: "check the topic's name, and that it exists in this cluster",
    Code.autoOffsetReset:
      "the offset to read from is not in the log: retention removed it, or the topic was recreated",
    Code.invalidSessionTimeout:
      "keep session.timeout.ms between the broker's group.min.session.timeout.ms (6000) and "
      + "group.max.session.timeout.ms",
    Code.maxPollExceeded: "the thread that polls the group was held up longer than max.poll.interval.ms",
    Code.fencedInstanceID: "another live process uses the same group.instance.id",
    Code.queueFull: "poll for delivery reports, then try again",
    Code.msgSizeTooLarge: "raise message.max.bytes of the client and of the topic, or send less",
  ]
}
