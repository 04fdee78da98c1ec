// The same cluster, seen from outside the group.

internal import KafkaClient

/// How much a group-less consumer fetches ahead of what it was asked for.
enum Glance {
  /// One record: nothing is fetched while one is waiting. Every 30 s each partition is looked at so, and what came with
  /// the record is thrown away (with librdkafka's own values that was 50 MB of resident memory).
  case record
  /// A stretch of the log.
  case range

  fileprivate var properties: [String: String] {
    switch self {
    case .record: ["queued.min.messages": "1", "fetch.message.max.bytes": String(16 << 10)]
    case .range:
      ["queued.max.messages.kbytes": String(4 << 10), "fetch.message.max.bytes": String(256 << 10)]
    }
  }
}

extension KafkaConfiguration {
  /// For a consumer that looks briefly and often: small fetches, short waits, no group.
  func withoutGroup(_ glance: Glance) -> KafkaConfiguration {
    var all = self
    all.properties["group.id"] = nil
    all.properties["group.instance.id"] = nil
    all.properties.merge(glance.properties) { _, needed in needed }
    // On a quiet log a new fetch waits behind the one in flight.
    all.properties["fetch.wait.max.ms"] = "10"
    return all
  }
}
