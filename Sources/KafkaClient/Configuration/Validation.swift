// Checks that need no broker.

internal import CLibrdkafka

extension KafkaConfiguration {
  /// The version of librdkafka in this process, as in `2.0.2`.
  public static var libraryVersion: String { unsafe String(cString: rd_kafka_version_str()) }

  /// Throws what a client in this role would throw for its properties, without making one.
  public func validate(for role: Role) throws(KafkaError) {
    _ = try ClientSettings(try resolved(for: role))
  }

  /// Combinations that are legal and known to fail: to be shown at start.
  public var warnings: [String] {
    let mechanism = properties["sasl.mechanism"] ?? properties["sasl.mechanisms"] ?? ""
    guard mechanism.uppercased().hasPrefix("SCRAM"), rd_kafka_version() < 0x0206_01ff else { return [] }
    return [
      "librdkafka \(Self.libraryVersion) doubles the client nonce of SCRAM (librdkafka #4895, fixed in "
        + "2.6.1): Kafka 4 refuses every login; use PLAIN over TLS or client certificates there"
    ]
  }
}
