/// What a report says about which event it is: partition, topic and the partition's running number, in one word.
struct EventTag: Hashable, Sendable {
  private static let numberBits = 43

  let partition: Int32
  let topic: OutputTopic
  let number: UInt64

  init(partition: Int32, topic: OutputTopic, number: UInt64) {
    self.partition = partition
    self.topic = topic
    self.number = number & (1 << Self.numberBits - 1)
  }

  init(_ bits: UInt64) {
    partition = Int32(truncatingIfNeeded: bits >> (Self.numberBits + 1))
    topic = bits >> Self.numberBits & 1 == 0 ? .outcomes : .deadLetters
    number = bits & (1 << Self.numberBits - 1)
  }

  var bits: UInt64 {
    UInt64(UInt32(bitPattern: partition)) << (Self.numberBits + 1)
      | (topic == .outcomes ? 0 : 1) << Self.numberBits | number
  }
}
