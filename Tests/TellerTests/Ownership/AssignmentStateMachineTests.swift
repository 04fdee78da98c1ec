import Testing

@testable import Teller

@Suite struct `An assignment` {
  typealias Machine = AssignmentStateMachine
  typealias Claim = AssignmentStateMachine.Claim

  private func ownership(_ partition: Int32, epoch: Int64 = 1) -> Ownership {
    Ownership(
      partition: partition, id: PartitionID(partition), epoch: epoch, owner: "a", nextOffset: 0,
      anchors: Anchors())
  }

  private func claim(_ generation: Int, _ partitions: Int32..., proof: Bool = false) -> Claim {
    Claim(generation: generation, partitions: partitions, needsProof: proof)
  }

  /// A machine that owns these partitions in its first generation.
  private func owning(_ partitions: Int32...) -> Machine {
    var machine = Machine()
    _ = machine.assigned(partitions)
    let all = Claim(generation: 1, partitions: partitions, needsProof: false)
    _ = machine.claimed(all, partitions.map { ownership($0) })
    return machine
  }

  @Test func `is answered at once, claimed without proof, and read where the database says`() {
    var machine = Machine()
    #expect(machine.assigned([2, 0]) == [.startNothing, .claim(claim(1, 0, 2))])
    let owned = [ownership(0), ownership(2)]
    #expect(machine.claimed(claim(1, 0, 2), owned) == [.start(owned)])
    #expect(Set(machine.owned.keys) == [0, 2])
  }

  @Test func `of nothing is answered, too`() {
    var machine = Machine()
    #expect(machine.assigned([]) == [.startNothing])
    #expect(machine.revoked(lost: false) == [.drain(wait: true), .unassign])
  }

  @Test func `that is revoked is drained first; one that is lost is not waited for`() {
    var machine = owning(0)
    #expect(machine.revoked(lost: false) == [.drain(wait: true), .unassign])
    #expect(machine.owned.isEmpty)
    machine = owning(0)
    #expect(machine.revoked(lost: true) == [.drain(wait: false), .unassign])
  }

  @Test func `drops the answer to a claim of a former one`() {
    var machine = Machine()
    _ = machine.assigned([0])
    _ = machine.revoked(lost: false)
    #expect(machine.claimed(claim(1, 0), [ownership(0)]).isEmpty)
    _ = machine.assigned([0])
    #expect(machine.generation == 3)
    #expect(machine.claimed(claim(1, 0), [ownership(0)]).isEmpty)
    #expect(machine.owned.isEmpty)
    #expect(machine.claimed(claim(3, 0), [ownership(0, epoch: 2)]) == [.start([ownership(0, epoch: 2)])])
  }

  @Test func `reads nothing where no partition of the claim can be read`() {
    var machine = Machine()
    _ = machine.assigned([0])
    #expect(machine.claimed(claim(1, 0), []) == [.startNothing])
  }

  @Test func `claims a fenced partition again, with proof, and reads everything anew`() {
    var machine = owning(0, 1)
    #expect(machine.fenced(ownership(0), now: .zero) == [.claim(claim(1, 0, proof: true))])
    #expect(Set(machine.owned.keys) == [1])
    let again = ownership(0, epoch: 3)
    #expect(machine.claimed(claim(1, 0, proof: true), [again]) == [.unassign, .start([again])])
    #expect(machine.owned[0] == again)
  }

  @Test func `goes on with the others where a claim in its middle gave nothing`() {
    var machine = owning(0, 1)
    _ = machine.fenced(ownership(0), now: .zero)
    #expect(machine.claimed(claim(1, 0, proof: true), []).isEmpty)
    #expect(Set(machine.owned.keys) == [1])
  }

  @Test func `halts a partition that loses one place again and again, and only that`() {
    var machine = owning(0)
    let owned = ownership(0)
    for _ in 0..<AssignmentStateMachine.rereadsMax {
      #expect(machine.reread(owned, at: 7, why: "a hole", now: .zero) == [.rereadAll])
    }
    guard case .halt(owned, let reason)? = machine.reread(owned, at: 7, why: "a hole", now: .zero).first
    else {
      Issue.record("the partition goes on for ever")
      return
    }
    #expect(reason.contains("from offset 7") && reason.contains("a hole"))
  }

  @Test func `reads on as long as each loss is at another place`() {
    var machine = owning(0)
    for position in 0..<Int64(3 * AssignmentStateMachine.rereadsMax) {
      #expect(machine.reread(ownership(0), at: position, why: "", now: .zero) == [.rereadAll])
    }
  }

  @Test func `takes no notice of writers that it does not have any more`() {
    var machine = owning(0)
    let former = ownership(0, epoch: 0)
    #expect(machine.fenced(former, now: .zero).isEmpty)
    #expect(machine.reread(former, at: 0, why: "", now: .zero).isEmpty)
    #expect(machine.halted(former) == false)
    #expect(machine.reread(ownership(0), at: 0, why: "", now: .zero) == [.rereadAll])
    #expect(machine.halted(ownership(0)) == true)
    #expect(machine.reread(ownership(0), at: 0, why: "", now: .zero).isEmpty)
    #expect(machine.fenced(ownership(0), now: .zero).isEmpty)
  }

  @Test func `claims a partition again, with proof, once a person cleared its halt`() {
    var machine = owning(0, 1)
    #expect(machine.halted(ownership(0)) == true)
    #expect(machine.resumed(0, generation: 1) == [.claim(claim(1, 0, proof: true))])
    let again = ownership(0, epoch: 2)
    #expect(machine.claimed(claim(1, 0, proof: true), [again]) == [.unassign, .start([again])])
    #expect(machine.owned[0] == again)
  }

  @Test func `does not count resumes as a fight`() {
    var machine = owning(0)
    for epoch in 1...20 as ClosedRange<Int64> {
      #expect(machine.halted(ownership(0, epoch: epoch)) == true)
      #expect(machine.resumed(0, generation: 1) == [.claim(claim(1, 0, proof: true))])
      _ = machine.claimed(claim(1, 0, proof: true), [ownership(0, epoch: epoch + 1)])
    }
  }

  @Test func `claims nothing for a resume of a former one, of what it was not given, or of what it owns`() {
    var machine = owning(0)
    #expect(machine.resumed(0, generation: 1).isEmpty)
    #expect(machine.resumed(5, generation: 1).isEmpty)
    _ = machine.halted(ownership(0))
    #expect(machine.resumed(0, generation: 0).isEmpty)
    _ = machine.revoked(lost: false)
    #expect(machine.resumed(0, generation: 1).isEmpty)
    #expect(machine.resumed(0, generation: 2).isEmpty)
  }

  /// Fences and claims a partition again as often as it is let.
  private func fight(_ machine: inout Machine, times: Int, every step: Duration) -> [Machine.Action] {
    var last: [Machine.Action] = []
    for round in 0..<times {
      guard let current = machine.owned[0] else { return last }
      last = machine.fenced(current, now: step * round)
      guard case .claim(let claim)? = last.first else { return last }
      _ = machine.claimed(claim, [ownership(0, epoch: current.epoch + 2)])
    }
    return last
  }

  @Test func `gives up at the sixth fence within a minute`() {
    var machine = owning(0)
    #expect(fight(&machine, times: 5, every: .seconds(1)) == [.claim(claim(1, 0, proof: true))])
    machine = owning(0)
    #expect(fight(&machine, times: 6, every: .seconds(1)) == [.giveUp(partition: 0)])
  }

  @Test func `does not give up where fences are rare, or a commit lies between them`() {
    var machine = owning(0)
    #expect(fight(&machine, times: 20, every: .seconds(12)) == [.claim(claim(1, 0, proof: true))])
    machine = owning(0)
    for _ in 0..<5 {
      #expect(fight(&machine, times: 5, every: .seconds(1)) == [.claim(claim(1, 0, proof: true))])
      machine.committed(0)
    }
  }
}
