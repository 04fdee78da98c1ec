// Topics as they shall be.

internal import Teller

/// A topic as somebody wants it.
public struct TopicOrder: Equatable, Sendable {
  /// Its name.
  public let name: String
  /// How many partitions it has.
  public let partitions: Int32
  /// How many replicas a new one gets; -1 leaves it to the broker.
  public let replicas: Int32
  /// What is set for a new one, beside the broker's own defaults.
  public let settings: [String: String]

  /// An order from its parts.
  public init(name: String, partitions: Int32, replicas: Int32 = -1, settings: [String: String]) {
    self.name = name
    self.partitions = partitions
    self.replicas = replicas
    self.settings = settings
  }

  /// The largest record that a topic for dead letters takes, in bytes, with all that Kafka adds to it. Larger ones are
  /// published as pointers.
  public static let deadLetterBytes = 8 << 20

  /// The input topic: compaction would remove requests, so there is none.
  public static func input(
    _ name: String, partitions: Int32, replicas: Int32 = -1, retention: Duration? = nil
  ) -> TopicOrder {
    TopicOrder(
      name: name, partitions: partitions, replicas: replicas, settings: settings(retention: retention))
  }

  /// The topics beside the input, with as many partitions as it has.
  public static func outputs(
    beside input: String, partitions: Int32, replicas: Int32 = -1, retention: Duration? = nil
  ) -> [TopicOrder] {
    OutputTopic.allCases.map { topic in
      var settings = settings(retention: retention)
      if topic == .deadLetters { settings["max.message.bytes"] = String(deadLetterBytes) }
      return TopicOrder(
        name: topic.name(beside: input), partitions: partitions, replicas: replicas, settings: settings)
    }
  }

  private static func settings(retention: Duration?) -> [String: String] {
    var settings = ["cleanup.policy": "delete"]
    if let retention { settings["retention.ms"] = String(Int64(retention / .milliseconds(1))) }
    return settings
  }

  /// How a person creates it with Kafka's own tool.
  var commandLine: String {
    let wished = settings.sorted { $0.key < $1.key }.map { " --config \($0.key)=\($0.value)" }.joined()
    let replication = replicas > 0 ? " --replication-factor \(replicas)" : ""
    return "kafka-topics.sh --create --topic \(name) --partitions \(partitions)\(replication)\(wished)"
  }
}
