internal import Digests

/// The name-based UUID of an outcome event: a repeat after a crash is the same event.
public enum EventID {
  /// The first 16 bytes of SHA-256 over history, topic, incarnation, partition and offset with a zero byte between each two,
  /// version 8 and the variant set (RFC 9562, section 5.8). Golden vectors: `Sources/Contract/vectors.json`.
  /// - Parameter history: the random id of the history that decided.
  public static func bits(
    history: UInt128, topic: String, incarnation: Int32, partition: Int32, offset: Int64
  ) -> UInt128 {
    var digester = SHA256Digester()
    var name = prefix(history: history, topic: topic, incarnation: incarnation, partition: partition)
    name.append(decimal: offset)
    return bits(name: name, digester: &digester)
  }

  /// What the ids of one partition's events have in common.
  static func prefix(history: UInt128, topic: String, incarnation: Int32, partition: Int32) -> [UInt8] {
    var prefix: [UInt8] = []
    prefix.append(uuid: history)
    prefix.append(0)
    prefix.append(text: topic)
    prefix.append(0)
    prefix.append(decimal: incarnation)
    prefix.append(0)
    prefix.append(decimal: partition)
    prefix.append(0)
    return prefix
  }

  /// - Parameter name: the prefix and the offset behind it.
  static func bits(name: [UInt8], digester: inout SHA256Digester) -> UInt128 {
    digester.update(name)
    return IdempotencyKey.named(digester.finish().high)
  }
}
