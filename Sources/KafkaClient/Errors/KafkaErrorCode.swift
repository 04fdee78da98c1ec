// The codes that callers branch on, by name.

internal import CLibrdkafka

extension KafkaError {
  /// Raw codes with names, to compare with `KafkaError.code`.
  public enum Code {
    /// A connection broke or could not be made.
    public static let transport = RD_KAFKA_RESP_ERR__TRANSPORT.rawValue
    /// No broker is reachable.
    public static let allBrokersDown = RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN.rawValue
    /// A broker's name could not be resolved.
    public static let resolve = RD_KAFKA_RESP_ERR__RESOLVE.rawValue
    /// The call's own deadline passed.
    public static let timedOut = RD_KAFKA_RESP_ERR__TIMED_OUT.rawValue
    /// The request was in flight when its deadline passed.
    public static let requestTimedOut = RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT.rawValue
    /// A record waited longer than `message.timeout.ms`.
    public static let messageTimedOut = RD_KAFKA_RESP_ERR__MSG_TIMED_OUT.rawValue
    /// The broker knows no such topic or partition.
    public static let unknownTopicOrPartition = RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART.rawValue
    /// The client knows no such topic.
    public static let unknownTopic = RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC.rawValue
    /// The client knows no such partition.
    public static let unknownPartition = RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION.rawValue
    /// The partition has no leader at the moment.
    public static let leaderNotAvailable = RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE.rawValue
    /// The asked broker does not lead the partition.
    public static let notLeader = RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION.rawValue
    /// The topic exists already.
    public static let topicAlreadyExists = RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS.rawValue
    /// The offset to read from is not in the log.
    public static let offsetOutOfRange = RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE.rawValue
    /// Reading stopped because the offset was not in the log (`auto.offset.reset=error`).
    public static let autoOffsetReset = RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET.rawValue
    /// The end of a partition was reached.
    public static let partitionEOF = RD_KAFKA_RESP_ERR__PARTITION_EOF.rawValue
    /// Nothing to commit.
    public static let noOffset = RD_KAFKA_RESP_ERR__NO_OFFSET.rawValue
    /// The group has moved on to another generation.
    public static let illegalGeneration = RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION.rawValue
    /// The group does not know this member.
    public static let unknownMemberID = RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID.rawValue
    /// The group is rebalancing.
    public static let rebalanceInProgress = RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS.rawValue
    /// The group's coordinator cannot answer yet.
    public static let coordinatorNotAvailable = RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE.rawValue
    /// The asked broker does not coordinate the group.
    public static let notCoordinator = RD_KAFKA_RESP_ERR_NOT_COORDINATOR.rawValue
    /// The coordinator is not known yet.
    public static let waitingForCoordinator = RD_KAFKA_RESP_ERR__WAIT_COORD.rawValue
    /// The broker refuses `session.timeout.ms`.
    public static let invalidSessionTimeout = RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT.rawValue
    /// The consumer was not polled within `max.poll.interval.ms`.
    public static let maxPollExceeded = RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED.rawValue
    /// The partition was revoked without warning.
    public static let assignmentLost = RD_KAFKA_RESP_ERR__ASSIGNMENT_LOST.rawValue
    /// Another instance took this one's place (producer epoch).
    public static let fenced = RD_KAFKA_RESP_ERR__FENCED.rawValue
    /// Another process joined with the same `group.instance.id`.
    public static let fencedInstanceID = RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID.rawValue
    /// Another producer started with the same transactional id.
    public static let producerFenced = RD_KAFKA_RESP_ERR_PRODUCER_FENCED.rawValue
    /// Another producer started with the same transactional id (older brokers).
    public static let invalidProducerEpoch = RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH.rawValue
    /// The client has met a fatal error earlier.
    public static let fatal = RD_KAFKA_RESP_ERR__FATAL.rawValue
    /// The login was refused.
    public static let authentication = RD_KAFKA_RESP_ERR__AUTHENTICATION.rawValue
    /// The login was refused by the broker's SASL handshake.
    public static let saslAuthenticationFailed = RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED.rawValue
    /// TLS failed.
    public static let ssl = RD_KAFKA_RESP_ERR__SSL.rawValue
    /// An access rule forbids the topic.
    public static let topicAuthorizationFailed = RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED.rawValue
    /// An access rule forbids the group.
    public static let groupAuthorizationFailed = RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED.rawValue
    /// An access rule forbids what was asked of the cluster.
    public static let clusterAuthorizationFailed = RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED.rawValue
    /// An access rule forbids the transactional id.
    public static let transactionalIDAuthorizationFailed =
      RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED.rawValue
    /// The producer's queue is full: poll, then try again.
    public static let queueFull = RD_KAFKA_RESP_ERR__QUEUE_FULL.rawValue
    /// The record is larger than the client or the broker allows.
    public static let msgSizeTooLarge = RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE.rawValue
    /// The batch is larger than the broker's segments.
    public static let recordListTooLarge = RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE.rawValue
    /// Fewer replicas are in step than `min.insync.replicas` asks for.
    public static let notEnoughReplicas = RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS.rawValue
    /// As `notEnoughReplicas`, found after the leader had written.
    public static let notEnoughReplicasAfterAppend =
      RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND.rawValue
    /// The broker's disk failed or is full.
    public static let storageError = RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR.rawValue
    /// A policy of the cluster forbids it.
    public static let policyViolation = RD_KAFKA_RESP_ERR_POLICY_VIOLATION.rawValue
    /// More replicas were asked for than there are brokers.
    public static let invalidReplicationFactor = RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR.rawValue
    /// The brokers cannot do what was asked for at all.
    public static let unsupportedFeature = RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE.rawValue
    /// The broker does not know this version of the request.
    public static let unsupportedVersion = RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION.rawValue
    /// The record was purged from the queue.
    public static let purgedFromQueue = RD_KAFKA_RESP_ERR__PURGE_QUEUE.rawValue
    /// The record was purged while in flight: it may have been written.
    public static let purgedInFlight = RD_KAFKA_RESP_ERR__PURGE_INFLIGHT.rawValue
    /// A property or an argument is wrong.
    public static let invalidArgument = RD_KAFKA_RESP_ERR__INVALID_ARG.rawValue
    /// The client is in a state in which this call makes no sense.
    public static let wrongState = RD_KAFKA_RESP_ERR__STATE.rawValue
    /// The client is being closed, or was.
    public static let destroyed = RD_KAFKA_RESP_ERR__DESTROY.rawValue
  }
}
