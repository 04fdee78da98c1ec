import Testing

@testable import Teller

@Suite struct `The intake of a partition` {
  @Test func `accepts records in order, without a gap`() {
    var intake = PartitionIntake(next: 5)
    #expect((5..<8).map { intake.record(at: $0) } == [.accept, .accept, .accept])
    #expect(intake.gaps.isEmpty)
    #expect(intake.expected == 8)
  }

  @Test func `drops what it has seen`() {
    var intake = PartitionIntake(next: 5)
    #expect(intake.record(at: 4) == .drop)
    #expect(intake.record(at: 5) == .accept)
    #expect(intake.record(at: 5) == .drop)
    #expect(intake.dropped == 2)
    #expect(intake.expected == 6)
  }

  @Test func `notes a hole in front of a record and one before the end`() {
    var intake = PartitionIntake(next: 0)
    _ = intake.record(at: 2)
    intake.end(at: 3)
    #expect(intake.gaps == [0..<2])
    intake.end(at: 5)
    #expect(intake.gaps == [0..<2, 3..<5])
    #expect(intake.expected == 5)
  }

  @Test func `makes one hole of two that touch`() {
    var intake = PartitionIntake(next: 0)
    intake.end(at: 2)
    _ = intake.record(at: 4)
    #expect(intake.gaps == [0..<4])
    intake.end(at: 6)
    intake.end(at: 7)
    #expect(intake.gaps == [0..<4, 5..<7])
  }

  @Test func `takes no notice of an end that lies behind it`() {
    var intake = PartitionIntake(next: 5)
    intake.end(at: 3)
    #expect(intake.expected == 5)
    #expect(intake.gaps.isEmpty)
  }

  @Test func `starts anew at a committed position`() {
    var intake = PartitionIntake(next: 0)
    _ = intake.record(at: 2)
    intake.restart(at: 0)
    #expect(intake.gaps.isEmpty)
    #expect(intake.expected == 0)
  }
}
