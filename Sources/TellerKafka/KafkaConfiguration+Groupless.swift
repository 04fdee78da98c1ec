// The same cluster, seen from outside the group.

internal import KafkaClient

extension KafkaConfiguration {
  /// For a consumer that looks briefly and often: small fetches, short waits, no group.
  var withoutGroup: KafkaConfiguration {
    var all = self
    all.properties["group.id"] = nil
    all.properties["group.instance.id"] = nil
    all.properties.merge([
      "fetch.wait.max.ms": "10",  // On a quiet log a new fetch waits behind the one in flight.
      "fetch.message.max.bytes": String(1 << 20),
      "queued.max.messages.kbytes": String(8 << 10),
    ]) { _, needed in needed }
    return all
  }
}
