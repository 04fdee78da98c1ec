internal import KafkaClient

extension KafkaConfiguration {
  /// For the producer, with its bounds.
  ///
  /// - Throws: `invalidArgument` for a property under which a result would promise too much.
  func forSending(_ limits: TransferProducer.Limits) throws(KafkaError) -> KafkaConfiguration {
    for (name, value) in properties.sorted(by: { $0.key < $1.key }) {
      guard let reason = Self.objection(to: name, value.lowercased()) else { continue }
      throw KafkaError(
        code: KafkaError.Code.invalidArgument, message: "\(name) cannot be \(value): \(reason)",
        hint: "remove \(name) from the configuration")
    }
    let milliseconds = Int64(limits.deliveryMax / .milliseconds(1))
    return with([
      "enable.idempotence": "true", "acks": "all",
      "message.timeout.ms": String(max(1, min(milliseconds, Int64(Int32.max)))),
      // Places are counted here, and one is free while its report is still being served: librdkafka, which counts
      // those too, gets room for both.
      "queue.buffering.max.messages": String(2 * max(1, min(limits.inFlightMax, 1_000_000)) + 1_000),
    ])
  }

  /// The topic's partition count as a broker tells it now.
  func partitionCount(of topic: String, within limit: Duration) throws(KafkaError) -> Int32 {
    var reader = KafkaConfiguration(brokers: "", overrides: properties)
    reader.properties = properties.filter { !Self.ofProducersOnly.contains($0.key) }
    reader.properties["group.id"] = nil
    let consumer = try Consumer(reader)
    defer { consumer.abandon(within: .seconds(2)) }
    let deadline = ContinuousClock.now + limit
    while true {
      let left = max(deadline - ContinuousClock.now, .milliseconds(1))
      do throws(KafkaError) {
        if let count = try consumer.partitionCount(of: topic, timeout: left), count > 0 { return count }
        throw KafkaError(
          code: KafkaError.Code.unknownTopicOrPartition, message: "there is no topic \(topic)")
      } catch {
        // A refused login shows as an unanswered question; its cause is among the client's events. Waiting for those
        // also keeps a refused connection from being asked again at once.
        let heard = consumer.poll(timeout: min(left, .milliseconds(200)))
        if case .error(let cause)? = heard, cause.isLoginRefused { throw cause }
        guard error.isRetriable, ContinuousClock.now < deadline else { throw error }
      }
    }
  }

  private static let ofProducersOnly: Set<String> = ["acks", "request.required.acks", "partitioner"]

  private static func objection(to name: String, _ value: String) -> String? {
    switch name {
    case "transactional.id": "a request is acknowledged by itself, outside transactions"
    case "enable.idempotence" where !["true", "t", "1"].contains(value):
      "a retry of the client's would write a request twice"
    case "acks" where !["all", "-1"].contains(value),
      "request.required.acks" where !["all", "-1"].contains(value):
      "what one broker alone has may be lost after it was acknowledged"
    default: nil
    }
  }
}
