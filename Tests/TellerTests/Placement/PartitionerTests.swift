import Teller
import Testing

@Suite struct `A partitioner` {
  @Test(
    arguments: [
      ("acct-1", 1, 2, 8), ("acct-2", 3, 11, 11), ("acct-42", 1, 3, 1),
    ] as [(String, Int32, Int32, Int32)])
  func `places golden keys among twelve partitions`(key: String, crc32: Int32, murmur2: Int32, fnv1a: Int32) {
    let bytes = Array(key.utf8)
    #expect(Partitioner.crc32.partition(key: bytes.span.bytes, count: 12) == crc32)
    #expect(Partitioner.murmur2.partition(key: bytes.span.bytes, count: 12) == murmur2)
    #expect(Partitioner.fnv1a.partition(key: bytes.span.bytes, count: 12) == fnv1a)
  }

  @Test(arguments: Partitioner.allCases)
  func `takes keys of every length and stays within the count`(partitioner: Partitioner) {
    for length in 0...70 {
      let bytes = [UInt8](repeating: 0xa5, count: length)
      for count in [1, 2, 7, 1000, Int32.max] {
        #expect((0..<count).contains(partitioner.partition(key: bytes.span.bytes, count: count)))
      }
    }
  }

  @Test func `is named as streams name it`() {
    #expect(Partitioner.allCases.map(\.rawValue) == ["murmur2", "crc32", "fnv1a"])
  }
}
