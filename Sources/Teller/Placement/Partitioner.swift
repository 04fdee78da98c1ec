// Which partition a key belongs to, as the client libraries that wrote it computed it.

/// A key's hash as producers compute it. A topic has one; a record elsewhere than it says is misrouted.
public enum Partitioner: String, CaseIterable, Sendable {
  /// Java, kcat and librdkafka with `murmur2_random`, franz-go, kafka-python.
  case murmur2
  /// librdkafka's default (`consistent`): Python, .NET, Node, Rust.
  case crc32
  /// Sarama's hash partitioner.
  case fnv1a

  /// The partition of a key among `count` partitions; `count` is at least 1. An empty key hashes like any
  /// other; what producers do with a null key is their own affair.
  public func partition(key: RawSpan, count: Int32) -> Int32 {
    precondition(count > 0, "a topic has at least one partition")
    let hash =
      switch self {
      // Java's Utils.toPositive clears the sign; it does not negate.
      case .murmur2: Self.murmur2(key) & 0x7fff_ffff
      case .crc32: Self.crc32(key)
      // Sarama takes the remainder as Int32 and then drops its sign: the magnitude's remainder.
      case .fnv1a: Int32(bitPattern: Self.fnv1a(key)).magnitude
      }
    return Int32(truncatingIfNeeded: hash % UInt32(count))
  }

  /// Austin Appleby's MurmurHash2 with Java's seed (org.apache.kafka.common.utils.Utils.murmur2).
  private static func murmur2(_ key: RawSpan) -> UInt32 {
    let multiplier: UInt32 = 0x5bd1_e995
    let count = key.byteCount
    var hash = 0x9747_b28c ^ UInt32(truncatingIfNeeded: count)
    var index = 0
    while index &+ 4 <= count {
      var word = UInt32(littleEndian: key.unsafeLoadUnaligned(fromByteOffset: index, as: UInt32.self))
      word = word &* multiplier
      word ^= word &>> 24
      hash = (hash &* multiplier) ^ (word &* multiplier)
      index &+= 4
    }
    if index < count {
      var shift: UInt32 = 0
      while index < count {
        hash ^= UInt32(key.unsafeLoad(fromByteOffset: index, as: UInt8.self)) &<< shift
        shift &+= 8
        index &+= 1
      }
      hash = hash &* multiplier
    }
    hash = (hash ^ (hash &>> 13)) &* multiplier
    return hash ^ (hash &>> 15)
  }

  /// FNV-1a, 32 bits.
  private static func fnv1a(_ key: RawSpan) -> UInt32 {
    var hash: UInt32 = 0x811c_9dc5
    for index in 0..<key.byteCount {
      hash ^= UInt32(key.unsafeLoad(fromByteOffset: index, as: UInt8.self))
      hash = hash &* 0x0100_0193
    }
    return hash
  }

  /// CRC-32 as in zlib (reflected, polynomial 0xEDB88320).
  private static func crc32(_ key: RawSpan) -> UInt32 {
    let table = crcTable
    var sum: UInt32 = 0xffff_ffff
    for index in 0..<key.byteCount {
      let byte = UInt32(key.unsafeLoad(fromByteOffset: index, as: UInt8.self))
      sum = table[Int((sum ^ byte) & 0xff)] ^ (sum &>> 8)
    }
    return ~sum
  }

  private static let crcTable: [UInt32] = (0..<256).map { (byte: UInt32) in
    (0..<8).reduce(byte) { sum, _ in sum & 1 == 1 ? (sum &>> 1) ^ 0xedb8_8320 : sum &>> 1 }
  }
}
