import Testing

@testable import Teller

@Suite struct `The schedule` {
  @Test func `serves first come, first served`() {
    var schedule = PartitionSchedule()
    for partition in [3, 1, 2] as [Int32] { schedule.add(partition) }
    #expect((0..<4).map { _ in schedule.take() } == [3, 1, 2, nil])
    #expect(schedule.busy == 3)
  }

  @Test func `puts a partition with more at the end of the line`() {
    var schedule = PartitionSchedule()
    schedule.add(1)
    schedule.add(2)
    #expect(schedule.take() == 1)
    schedule.finished(1, more: true)
    #expect((0..<3).map { _ in schedule.take() } == [2, 1, nil])
  }

  @Test func `never gives a partition to two threads, and keeps a wake-up that comes meanwhile`() {
    var schedule = PartitionSchedule()
    schedule.add(1)
    #expect(schedule.take() == 1)
    schedule.readable(1)
    schedule.readable(1)
    #expect(schedule.take() == nil)
    schedule.finished(1, more: false)
    #expect(schedule.take() == 1)
    schedule.finished(1, more: false)
    #expect(schedule.take() == nil)
    schedule.readable(1)
    #expect(schedule.take() == 1)
  }

  @Test func `does not serve what is stopped, until it is added anew`() {
    var schedule = PartitionSchedule()
    schedule.add(1)
    _ = schedule.take()
    schedule.readable(1)
    schedule.finished(1, more: false)
    schedule.stop(1)
    schedule.readable(1)
    #expect(schedule.take() == nil)
    schedule.add(1)
    #expect(schedule.take() == 1)
    schedule.finished(1, more: false)
    #expect(schedule.take() == nil)
  }

  @Test func `knows nothing of partitions that were removed`() {
    var schedule = PartitionSchedule()
    schedule.add(1)
    schedule.add(2)
    _ = schedule.take()
    schedule.removeAll()
    #expect(schedule.busy == 0)
    schedule.finished(1, more: true)
    schedule.readable(2)
    #expect(schedule.take() == nil)
  }

  @Test func `lets nobody starve`() {
    var schedule = PartitionSchedule()
    for partition in 0..<5 as Range<Int32> { schedule.add(partition) }
    var served: [Int32: Int] = [:]
    for _ in 0..<100 {
      guard let partition = schedule.take() else { break }
      served[partition, default: 0] += 1
      schedule.finished(partition, more: true)
    }
    #expect(served == [0: 20, 1: 20, 2: 20, 3: 20, 4: 20])
  }
}

@Suite struct `The claim mode` {
  private func batches(_ mode: inout ClaimMode, foundOld: Bool = false) -> Int {
    var count = 0
    while mode.isCareful, count < 10_000 {
      mode.committed(foundOld: foundOld)
      count += 1
    }
    return count
  }

  @Test func `begins plainly and looks first for a while after a conflict`() {
    var mode = ClaimMode()
    #expect(!mode.isCareful)
    mode.conflicted()
    #expect(batches(&mode) == 16)
    #expect(!mode.isCareful)
  }

  @Test func `looks first for longer the sooner it failed again, up to a limit`() {
    var mode = ClaimMode()
    var spans: [Int] = []
    for _ in 0..<9 {
      mode.conflicted()
      spans.append(batches(&mode))
    }
    #expect(spans == [16, 32, 64, 128, 256, 512, 1_024, 1_024, 1_024])
    for _ in 0..<20 { mode.committed(foundOld: false) }
    mode.conflicted()
    #expect(batches(&mode) == 16)
  }

  @Test func `goes on looking while it finds old keys`() {
    var mode = ClaimMode()
    mode.conflicted()
    #expect(batches(&mode, foundOld: true) == 10_000)
    #expect(batches(&mode) > 0)
  }
}
