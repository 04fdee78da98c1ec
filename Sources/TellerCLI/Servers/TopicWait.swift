import EventLog
import KafkaClient

/// Waits for a broker that knows a topic, before anything is sent to it.
enum TopicWait {
  /// How long a broker that is not there is waited for.
  static let limit = Duration.seconds(60)
  /// How long one question may take; a refused connection answers sooner.
  private static let question = Duration.seconds(2)

  /// The topic's partition count.
  ///
  /// - Throws: `CommandFailure` with exit code 3 when no broker answered in time or the login was refused, with 2
  ///   when there is no such topic.
  static func partitionCount(
    _ configuration: KafkaConfiguration, topic: String, log: EventLog
  ) throws -> Int32 {
    do {
      let consumer = try Consumer(configuration.asReader)
      defer { _ = consumer.close(within: .seconds(2)) }
      let deadline = ContinuousClock.now + limit
      var hasSaidSo = false
      while true {
        do throws(KafkaError) {
          if let count = try consumer.partitionCount(of: topic, timeout: question), count > 0 { return count }
          throw KafkaError(code: KafkaError.Code.unknownTopicOrPartition)
        } catch {
          if error.code == KafkaError.Code.unknownTopicOrPartition { throw missing(topic) }
          try refuseLogin(consumer)
          guard error.isRetriable, ContinuousClock.now < deadline else { throw CommandFailure(error) }
          if !hasSaidSo {
            log.warning(
              "no broker answers; waiting for at most \(limit.components.seconds) s",
              ["kafka.error": "\(error)"])
          }
          hasSaidSo = true
          // A refused connection ends a question at once: the client's own events are waited for instead.
          _ = consumer.poll(timeout: .milliseconds(500))
        }
      }
    } catch let error as KafkaError { throw CommandFailure(error) }
  }

  /// A refused login shows as a timeout of the question; the cause is among the client's events.
  private static func refuseLogin(_ consumer: Consumer) throws {
    while let event = consumer.poll(timeout: .zero) {
      if case .error(let error) = event, error.isLoginRefused { throw CommandFailure(error) }
      if case .fatal(let error) = event { throw CommandFailure(error) }
    }
  }

  private static func missing(_ topic: String) -> CommandFailure {
    CommandFailure(
      .wrongUsage, code: "no_topic", what: "the topic \(topic) does not exist", meaning: "nothing was sent",
      hint: "create it with the partitions it shall keep, or check --topic and --brokers")
  }
}

extension KafkaConfiguration {
  /// Without a group, and without what only producers know.
  fileprivate var asReader: KafkaConfiguration {
    var reader = self
    reader.properties["group.id"] = nil
    reader.properties["group.instance.id"] = nil
    return reader
  }
}
