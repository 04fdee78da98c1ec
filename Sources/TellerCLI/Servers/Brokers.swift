import CommandTable
import KafkaClient

/// The cluster that a command works with.
enum Brokers {
  /// Brokers and librdkafka's properties, as `--brokers` and `--kafka` give them.
  static func configuration(_ invocation: Invocation) throws(UsageError) -> KafkaConfiguration {
    let pairs = invocation.pairs("--kafka").map { ($0.key, $0.value) }
    return KafkaConfiguration(
      brokers: try invocation.requiredString("--brokers"),
      overrides: Dictionary(pairs, uniquingKeysWith: { $1 }))
  }
}
