import TellerTestKit
import Testing

@testable import Teller

@Suite struct `A stream's identity` {
  private let identity = StreamIdentity(
    id: 1, topic: "transfers", incarnation: 1, clusterID: "one", partitionCount: 2, placement: .unverified,
    group: "tellers")

  private func sighting(
    cluster: String = "one", _ ranges: [Range<Int64>] = [0..<5, 0..<0], group: String = "tellers"
  ) -> StreamSighting {
    StreamSighting(topic: "transfers", clusterID: cluster, logRanges: ranges, group: group)
  }

  private func words(_ refusal: StreamRefusal?) -> String? {
    guard case .otherStream(let what, let hint)? = refusal else { return nil }
    return hint.isEmpty ? nil : what
  }

  @Test func `matches what was adopted, wherever the log begins by now`() {
    #expect(identity.mismatch(with: sighting()) == nil)
    #expect(identity.mismatch(with: sighting([3..<5, 2..<9])) == nil)
  }

  @Test func `names the first thing that differs`() {
    #expect(
      words(identity.mismatch(with: sighting(cluster: "two", [], group: "x")))?.contains("cluster two")
        == true)
    #expect(words(identity.mismatch(with: sighting([0..<1], group: "x")))?.contains("now has 1") == true)
    #expect(words(identity.mismatch(with: sighting([0..<1, 0..<1, 0..<1])))?.contains("now has 3") == true)
    #expect(words(identity.mismatch(with: sighting(group: "x")))?.contains("not x") == true)
  }

  @Test func `is taken without a choice only where every partition begins at offset 0`() {
    #expect(sighting().adoptionRefusal == nil)
    #expect(words(sighting([]).adoptionRefusal)?.contains("does not exist") == true)
    #expect(words(sighting([0..<5, 2..<5]).adoptionRefusal)?.contains("partition 1 starts at 2") == true)
  }

  @Test func `is opened again as it was adopted, and refused to another group`() throws {
    let (broker, database) = (SimulatedBroker(partitions: 2), SimulatedDatabase())
    let store = SimulatedOwnershipStore(database)
    let first = try store.openStream(broker.sighting())
    #expect(try store.openStream(broker.sighting()) == first)
    #expect(throws: StreamRefusal.self) { try store.openStream(broker.sighting(group: "others")) }
    broker.grow(to: 3)
    #expect(throws: StreamRefusal.self) { try store.openStream(broker.sighting()) }
  }

  @Test(arguments: ["murmur2", "crc32", "fnv1a", "unverified"])
  func `has a placement by its name in the database`(name: String) {
    #expect(Placement(name: name)?.name == name)
    #expect(Placement(name: name.uppercased()) == nil)
  }
}

@Suite struct `The check for idleness` {
  @Test func `counts from when everything stood at the end, and anew after anything came`() {
    var check = IdleCheck()
    #expect(check.observe(isAtEnd: false, now: .seconds(1)) == .zero)
    #expect(check.observe(isAtEnd: true, now: .seconds(2)) == .zero)
    #expect(check.observe(isAtEnd: true, now: .seconds(5)) == .seconds(3))
    #expect(check.observe(isAtEnd: false, now: .seconds(6)) == .zero)
    #expect(check.observe(isAtEnd: true, now: .seconds(9)) == .zero)
    #expect(check.observe(isAtEnd: true, now: .seconds(10)) == .seconds(1))
  }
}
