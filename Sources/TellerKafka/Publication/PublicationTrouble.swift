// What went wrong on the way out, for the person who asks for the status.

internal import KafkaClient
internal import Teller

/// Sentences about failures of sending. They hold no bytes of a record and no secret.
enum PublicationTrouble {
  /// The failure that a producer's error is to the publisher.
  static func failure(_ error: KafkaError, topic: String) -> SendFailure {
    switch error.code {
    case KafkaError.Code.queueFull: .full
    case KafkaError.Code.msgSizeTooLarge, KafkaError.Code.recordListTooLarge: .tooLarge
    default: .failed(words(error, topic: topic))
    }
  }

  /// What happened, what to do, in one line.
  static func words(_ error: KafkaError, topic: String) -> String {
    typealias Code = KafkaError.Code
    switch error.code {
    case Code.topicAuthorizationFailed:
      return "the broker forbids writing to \(topic): grant this user WRITE and DESCRIBE on the topic"
    case Code.clusterAuthorizationFailed:
      return "the broker forbids idempotent writing: grant this user WRITE on \(topic), and IDEMPOTENT_WRITE "
        + "on the cluster where the broker is older than 3.0"
    case Code.unknownTopicOrPartition, Code.unknownTopic, Code.unknownPartition:
      return
        "\(topic), or a partition of it, does not exist any more: it is looked for and created again where "
        + "the broker lets us (\(error.name))"
    case Code.notEnoughReplicas, Code.notEnoughReplicasAfterAppend:
      return
        "\(topic) takes nothing, since fewer replicas are in step than its min.insync.replicas: start the "
        + "missing brokers (\(error.name))"
    case Code.storageError:
      return "the broker cannot write \(topic): its disk is full or failed (\(error.name))"
    case Code.policyViolation:
      return "a policy of the cluster refuses records for \(topic): \(error.message)"
    case Code.allBrokersDown, Code.transport, Code.resolve:
      return "no broker takes events at the moment: \(error.message)"
    default:
      return error.isFatal
        ? "the client for \(topic) broke down and is replaced: \(error)"
        : "sending to \(topic) failed: \(error)"
    }
  }
}
