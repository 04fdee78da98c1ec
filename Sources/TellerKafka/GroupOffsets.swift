// What another consumer group has committed: read once, at an adoption.

public import KafkaClient
public import Teller

/// The committed offsets of a consumer group, asked without joining it.
public enum GroupOffsets {
  /// The group's committed offset of each partition; a partition without one is absent.
  ///
  /// - Parameters:
  ///   - configuration: brokers and further properties.
  ///   - limit: how long the question may take.
  /// - Throws: kind `refused` where an access rule forbids the group, `transient` where no coordinator answered.
  public static func committed(
    by group: String, on topic: String, partitions: Int32, configuration: KafkaConfiguration,
    within limit: Duration = .seconds(10)
  ) throws(LogFailure) -> [Int32: Int64] {
    try asking(group, configuration) { (consumer) throws(KafkaError) in
      try consumer.committed(topic: topic, partitions: Array(0..<partitions), timeout: limit)
    }
  }

  /// How many members of the group work on the topic now; nil: the brokers do not say (the embedded one cannot).
  public static func members(
    of group: String, on topic: String, configuration: KafkaConfiguration,
    within limit: Duration = .seconds(10)
  ) -> Int? {
    do throws(LogFailure) {
      return try asking(group, configuration) { (consumer) throws(KafkaError) in
        try consumer.memberCount(of: group, on: topic, timeout: limit)
      }
    } catch {
      return nil
    }
  }

  /// A consumer that never subscribes is no member: the group is not disturbed.
  private static func asking<Answer>(
    _ group: String, _ configuration: KafkaConfiguration,
    _ question: (Consumer) throws(KafkaError) -> Answer
  ) throws(LogFailure) -> Answer {
    var outsider = configuration
    outsider.properties["group.id"] = group
    outsider.properties["group.instance.id"] = nil
    return try translating { () throws(KafkaError) in
      let consumer = try Consumer(outsider)
      defer { _ = consumer.close(within: .seconds(5)) }
      return try question(consumer)
    }
  }
}
