// The topics beside the input, before anything is sent to them.

internal import KafkaClient
internal import Teller

/// What a publisher needs of its two topics: that they are there with the input's partitions, and what they take.
struct OutputTopics {
  let orders: [TopicOrder]
  let setup: TopicSetup

  /// Creates what is missing. Nil: both are as wanted; else what is wrong with each, and what to do.
  ///
  /// - Parameter present: all topics, as the producer's own question told.
  func prepare(present: [String: Int32]) throws(KafkaError) -> String? {
    let findings = try setup.fulfil(orders, present: present)
    let flaws = zip(orders, findings).compactMap { order, finding in finding.problem(order) }
    return flaws.isEmpty ? nil : flaws.joined(separator: "; ")
  }

  /// What each takes in one batch, in bytes, where the broker says.
  func sizeLimits() throws(KafkaError) -> [OutputTopic: Int] {
    var limits: [OutputTopic: Int] = [:]
    for (topic, settings) in zip(OutputTopic.allCases, try setup.settings(of: orders.map(\.name))) {
      limits[topic] = settings["max.message.bytes"].flatMap { Int($0) }
    }
    return limits
  }
}

extension TopicSetup.Finding {
  /// What is wrong and what to do, for the person at the terminal; nil: the topic is there as wanted, or would be made.
  public func problem(_ order: TopicOrder) -> String? {
    switch self {
    case .exists, .created, .missing: return nil
    case .refused(let why): return why
    case .otherCount(let count):
      let what = "the topic \(order.name) has \(count) partitions, and needs \(order.partitions)"
      return count < order.partitions
        ? "\(what): kafka-topics.sh --alter --topic \(order.name) --partitions \(order.partitions)"
        : "\(what): delete it once its readers have read it, and have it created again"
    }
  }
}
