import Testing

@testable import Teller

@Suite struct `A sample of keys` {
  private func key(_ number: Int) -> [UInt8] { Array("acct-\(number)".utf8) }

  /// Keys as these producers place them, one after the other.
  private func evidence(
    _ keys: Range<Int>, of count: Int32, by producers: Partitioner...
  ) -> PartitionerEvidence {
    var evidence = PartitionerEvidence(partitionCount: count)
    for number in keys {
      let bytes = key(number)
      let producer = producers[number % producers.count]
      evidence.add(key: bytes, in: producer.partition(key: bytes.span.bytes, count: count))
    }
    return evidence
  }

  @Test(arguments: Partitioner.allCases, [Int32(2), 3, 12, 200])
  func `names the partitioner that placed it, and no other`(producer: Partitioner, count: Int32) {
    let evidence = evidence(0..<1_000, of: count, by: producer)
    #expect(evidence.fits(producer) == 1_000)
    for declared in Partitioner.allCases {
      let verdict = evidence.verdict(on: .hashed(declared))
      #expect(verdict == (declared == producer ? .fits : .other(producer)))
      let refusal = verdict.refusal("payments", .hashed(declared), evidence)
      guard declared != producer else {
        #expect(refusal == nil)
        continue
      }
      guard case .otherStream(let what, let hint)? = refusal else {
        Issue.record("\(declared) is not refused")
        continue
      }
      #expect(what.contains("\(producer.rawValue) fits 1000") && hint.contains(producer.rawValue))
    }
  }

  /// With two partitions and twenty keys a wrong one still fits about ten.
  @Test(arguments: Partitioner.allCases)
  func `is enough with twenty keys in two partitions`(producer: Partitioner) {
    for first in stride(from: 0, to: 20_000, by: 20) {
      let evidence = evidence(first..<(first + 20), of: 2, by: producer)
      for declared in Partitioner.allCases {
        let verdict = evidence.verdict(on: .hashed(declared))
        if declared == producer {
          #expect(verdict == .fits)
        } else if evidence.fits(producer, not: declared) >= 3 {
          #expect(verdict == .other(producer))
        }
      }
    }
  }

  @Test func `of two producers stands as declared, with its strays counted`() {
    let evenly = evidence(0..<1_000, of: 12, by: .murmur2, .crc32)
    #expect(evenly.verdict(on: .hashed(.murmur2)) == .strays(1_000 - evenly.fits(.murmur2)))
    #expect(evenly.verdict(on: .hashed(.crc32)) == .strays(1_000 - evenly.fits(.crc32)))
    #expect(
      evenly.verdict(on: .hashed(.fnv1a)) == .other(.murmur2)
        || evenly.verdict(on: .hashed(.fnv1a)) == .other(.crc32))
    let mostly = evidence(0..<1_000, of: 12, by: .crc32, .crc32, .crc32, .crc32, .murmur2)
    #expect(mostly.verdict(on: .hashed(.murmur2)) == .other(.crc32))
    guard case .strays(let count) = mostly.verdict(on: .hashed(.crc32)) else {
      Issue.record("one stray in five is no reason to refuse")
      return
    }
    #expect((150...200).contains(count))
    #expect(mostly.verdict(on: .hashed(.crc32)).refusal("t", .hashed(.crc32), mostly) == nil)
  }

  @Test func `that no known partitioner placed is refused, unless placement is declared as not known`() {
    var evidence = PartitionerEvidence(partitionCount: 12)
    for number in 0..<600 { evidence.add(key: key(number), in: Int32(number % 12)) }
    for declared in Partitioner.allCases {
      let verdict = evidence.verdict(on: .hashed(declared))
      #expect(verdict == .unknown)
      #expect(verdict.refusal("payments", .hashed(declared), evidence) != nil)
    }
    let verdict = evidence.verdict(on: .unverified)
    #expect(verdict.refusal("payments", .unverified, evidence) == nil)
  }

  @Test func `says that it proves nothing with one partition, few keys or none`() {
    func isUnchecked(_ evidence: PartitionerEvidence) -> Bool {
      guard case .unchecked = evidence.verdict(on: .hashed(.fnv1a)) else { return false }
      return true
    }
    #expect(isUnchecked(PartitionerEvidence(partitionCount: 6)))
    #expect(isUnchecked(evidence(0..<500, of: 1, by: .crc32)))
    #expect(isUnchecked(evidence(0..<19, of: 6, by: .crc32)))
    #expect(!isUnchecked(evidence(0..<20, of: 6, by: .crc32)))
    var hot = evidence(0..<5, of: 6, by: .crc32)
    for _ in 0..<1_000 {
      hot.add(key: key(0), in: Partitioner.crc32.partition(key: key(0).span.bytes, count: 6))
    }
    #expect(hot.keys == 5 && hot.records == 1_005 && isUnchecked(hot))
  }

  @Test func `counts records without a key apart`() {
    var evidence = evidence(0..<100, of: 6, by: .murmur2)
    for partition in 0..<6 {
      evidence.add(key: nil, in: Int32(partition))
      evidence.add(key: [], in: Int32(partition))
    }
    #expect(evidence.keylessRecords == 12)
    #expect(evidence.keys == 100)
    #expect(evidence.verdict(on: .hashed(.murmur2)) == .fits)
    #expect(evidence.sentence.contains("12 records without a key"))
  }
}
