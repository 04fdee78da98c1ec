import KafkaClient
import Testing

@testable import TellerKafka

@Suite struct `The read-ahead` {
  @Test func `is one budget, divided among the partitions`() {
    for partitions in [Int32(1), 7, 12, 200, 5_000] {
      let share = ReadAhead(bytes: 64 << 20, partitions: partitions)
      #expect(share.queuedKilobytes << 10 <= (64 << 20) / Int(partitions))
    }
    #expect(ReadAhead(bytes: 64 << 20, partitions: 8).queuedKilobytes == 8 << 10)
  }

  @Test func `counts messages only as long as they fit the share`() {
    #expect(ReadAhead(bytes: 64 << 20, partitions: 1).queuedMessages == 41_943)
    #expect(ReadAhead(bytes: 64 << 20, partitions: 64).queuedMessages == 655)
  }

  @Test func `fetches smaller pieces where the shares are small`() {
    #expect(ReadAhead(bytes: 64 << 20, partitions: 64).fetchBytes == 256 << 10)
    #expect(ReadAhead(bytes: 64 << 20, partitions: 256).fetchBytes == 256 << 10)
    #expect(ReadAhead(bytes: 64 << 20, partitions: 5_000).fetchBytes == 64 << 10)
  }

  @Test(arguments: [(0, Int32(1)), (-5, 0), (.max, 1), (1, 5_000)])
  func `stays within librdkafka's limits`(bytes: Int, partitions: Int32) {
    let share = ReadAhead(bytes: bytes, partitions: partitions)
    #expect((1...2_097_151).contains(share.queuedKilobytes))
    #expect((1...100_000).contains(share.queuedMessages))
  }

  @Test func `leaves the caller's own properties alone`() throws {
    let stage = try Stage()
    let own = stage.configuration.with(["queued.max.messages.kbytes": "0"])
    // librdkafka refuses 0: so it was the caller's that arrived there.
    #expect(throws: (any Error).self) {
      try KafkaLog(configuration: own, topic: stage.topic, group: "workers", partitionCount: 1)
    }
  }
}
