import KafkaClient
import Teller
import Testing

@Suite struct `Teller's partitioners` {
  @Test(arguments: Partitioner.allCases)
  func `agree with librdkafka on 50,000 keys`(partitioner: Partitioner) throws {
    let reference = try #require(ReferencePartitioner(rawValue: partitioner.rawValue))
    var generator = SplitMix(state: 42)
    var different = 0
    for _ in 0..<50_000 {
      let length = Int(generator.next() % 41)
      let key = (0..<length).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
      let count = Int32(1 + generator.next() % 100)
      if partitioner.partition(key: key.span.bytes, count: count)
        != reference.partition(key: key, count: count)
      {
        different += 1
      }
    }
    #expect(different == 0)
  }
}

/// The same keys in every run.
private struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
