import Testing

@testable import Teller

@Suite struct `A watch over halts` {
  private func position(_ partition: Int32, _ reason: String? = nil) -> PartitionPosition {
    PartitionPosition(partition: partition, nextOffset: 7, publishedOffset: 7, haltedReason: reason)
  }

  @Test func `tells a halt that a person cleared, once`() {
    var watch = HaltWatch()
    watch.wrote(1, generation: 3)
    #expect(watch.cleared(in: [position(0), position(1, "why")], generation: 3).isEmpty)
    #expect(watch.cleared(in: [position(0), position(1)], generation: 3) == [1])
    #expect(watch.cleared(in: [position(0), position(1)], generation: 3).isEmpty)
    #expect(watch.isEmpty)
  }

  /// A partition that is not halted, or whose reason is still on its way, has none in the table either.
  @Test func `takes no notice of partitions whose halt was never written down`() {
    var watch = HaltWatch()
    #expect(watch.isEmpty)
    #expect(watch.cleared(in: [position(0), position(1)], generation: 1).isEmpty)
    watch.wrote(0, generation: 1)
    #expect(!watch.isEmpty)
    #expect(watch.cleared(in: [position(0, "why"), position(1)], generation: 1).isEmpty)
  }

  /// The takeover of the next assignment clears the reason: no person did.
  @Test func `forgets the halts of a former assignment`() {
    var watch = HaltWatch()
    watch.wrote(0, generation: 1)
    #expect(watch.cleared(in: [position(0)], generation: 2).isEmpty)
    #expect(watch.isEmpty)
  }

  @Test func `waits for a partition that the table does not show`() {
    var watch = HaltWatch()
    watch.wrote(0, generation: 1)
    #expect(watch.cleared(in: [], generation: 1).isEmpty)
    #expect(!watch.isEmpty)
  }

  @Test func `sees a second halt of the same partition`() {
    var watch = HaltWatch()
    watch.wrote(0, generation: 1)
    #expect(watch.cleared(in: [position(0)], generation: 1) == [0])
    watch.wrote(0, generation: 1)
    #expect(watch.cleared(in: [position(0, "again")], generation: 1).isEmpty)
    #expect(watch.cleared(in: [position(0)], generation: 1) == [0])
  }
}
