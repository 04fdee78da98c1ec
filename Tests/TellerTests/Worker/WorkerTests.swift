import Foundation
import Ledger
import Testing

@testable import Teller
@testable import TellerTestKit

@Suite(.timeLimit(.minutes(1))) struct `A worker` {
  @Test func `decides everything and ends when it is idle`() throws {
    let rig = try WorkerRig(partitions: 2)
    rig.pay(0..<50)
    let member = rig.start("a", untilIdle: .milliseconds(300))
    member.log.push(.assigned([0, 1]))
    #expect(try member.exit.value() == .idle)
    #expect(rig.outcomes == 50)
    #expect(member.log.wait { $0.isClosed })
    rig.audit()
  }

  @Test func `hands partitions over, back and forth, and nothing is applied twice`() throws {
    let rig = try WorkerRig(partitions: 4)
    let (one, two) = (rig.start("a"), rig.start("b"))
    one.log.push(.assigned([0, 1, 2, 3]))
    for round in 0..<6 {
      rig.pay((round * 40)..<(round * 40 + 20))
      if round > 0 {
        for member in [one, two] { member.log.push(.revoked(lost: round == 3)) }
        let count = round
        #expect(one.log.wait { $0.unassigns >= count })
      }
      let split = round % 2 == 0 ? [0, 1] as [Int32] : [2, 3]
      one.log.push(.assigned(split))
      two.log.push(.assigned([0, 1, 2, 3].filter { !split.contains($0) }))
      rig.pay((round * 40 + 20)..<(round * 40 + 40))
      #expect(rig.untilDecided((round + 1) * 40))
    }
    one.worker.stop()
    two.worker.stop()
    #expect(try one.exit.value() == .stopped)
    #expect(try two.exit.value() == .stopped)
    #expect(rig.outcomes == 240)
    rig.audit()
  }

  @Test func `claims a partition again where a stale claim fenced it, with proof`() throws {
    let rig = try WorkerRig(partitions: 1)
    let member = rig.start("a")
    member.log.push(.assigned([0]))
    rig.pay(0..<5)
    #expect(rig.untilDecided(5))
    _ = try SimulatedOwnershipStore(rig.database).takeOver(0, of: rig.stream, owner: "stale")
    rig.pay(5..<10)
    #expect(rig.untilDecided(10))
    #expect(member.log.wait { $0.proofs == 1 })
    member.worker.stop()
    #expect(try member.exit.value() == .stopped)
    rig.audit()
  }

  @Test func `goes on for ever where commits lie between stale claims`() throws {
    let rig = try WorkerRig(partitions: 1)
    let member = rig.start("a")
    member.log.push(.assigned([0]))
    for round in 0..<8 {
      rig.pay((round * 2)..<(round * 2 + 1))
      #expect(rig.untilDecided(round * 2 + 1))
      _ = try SimulatedOwnershipStore(rig.database).takeOver(0, of: rig.stream, owner: "stale \(round)")
      rig.pay((round * 2 + 1)..<(round * 2 + 2))
      #expect(rig.untilDecided(round * 2 + 2))
    }
    member.worker.stop()
    #expect(try member.exit.value() == .stopped)
    rig.audit()
  }

  @Test func `does not claim again once the coordinator says that it is no member`() throws {
    let rig = try WorkerRig(partitions: 1)
    let member = rig.start("a")
    member.log.push(.assigned([0]))
    rig.pay(0..<1)
    #expect(rig.untilDecided(1))
    rig.broker.fail(.membership, LogFailure(.notAMember, code: "UNKNOWN_MEMBER_ID", message: "no"))
    let owner = try SimulatedOwnershipStore(rig.database).takeOver(0, of: rig.stream, owner: "b")
    rig.pay(1..<2)
    #expect(member.waitFor { if case .fenced = $0 { true } else { false } })
    member.worker.stop()
    #expect(try member.exit.value() == .stopped)
    #expect(rig.database.tables.owners[owner.id]?.epoch == owner.epoch)
    #expect(rig.outcomes == 1)
  }

  @Test func `halts a partition whose log was replaced, writes down why, and the others go on`() throws {
    let rig = try WorkerRig(partitions: 2)
    let member = rig.start("a", untilIdle: .milliseconds(300))
    let (first, second) = rig.pay(0..<40)
    #expect(first > 0 && second > 0)
    member.log.push(.assigned([0, 1]))
    #expect(rig.untilDecided(40))
    // The store is away for a moment just when the reason is to be written down.
    rig.database.faults.script(.disconnected, .failed(.conflict), at: .halt)
    rig.broker.recreate(0, with: [.transfer("new", from: "acct-0", to: "acct-1", 1)])
    guard case .halted(let reasons) = try member.exit.value() else {
      Issue.record("the worker did not end as halted")
      return
    }
    #expect(reasons.keys.sorted() == [0])
    #expect(reasons[0]?.contains("recreated") == true)
    #expect(rig.outcomes == 40)
  }

  /// What `teller partition skip-to` does, under a worker that goes on.
  @Test func `goes on behind a gap once a person gave up the offsets that left the log`() throws {
    let rig = try WorkerRig(partitions: 1)
    rig.pay(0..<40)
    rig.broker.trim(0, to: 10)
    let member = rig.start("a", untilIdle: nil)
    member.log.push(.assigned([0]))
    let id = try #require(rig.database.tables.partitionID(0, of: rig.stream.id))
    #expect(rig.database.wait { $0.owners[id]?.haltedReason?.contains("retention") == true })
    rig.database.change { tables in
      let epoch = (tables.owners[id]?.epoch ?? 0) + 1
      tables.owners[id]?.epoch = epoch
      tables.owners[id]?.owner = ""
      tables.owners[id]?.nextOffset = 10
      tables.owners[id]?.haltedReason = nil
      tables.gaps.insert(SimulatedGap(partition: id, offsets: 0..<10))
    }
    #expect(rig.untilDecided(30))
    #expect(member.log.wait { $0.proofs == 1 })
    #expect(rig.database.tables.owners[id]?.epoch == 3)
    member.worker.stop()
    #expect(try member.exit.value() == .stopped)
  }

  @Test func `raises the history where the database went back, and decides again from there`() throws {
    let rig = try WorkerRig(partitions: 1)
    let member = rig.start("a")
    member.log.push(.assigned([0]))
    rig.pay(0..<5)
    #expect(rig.untilDecided(5))
    let backup = rig.database.tables
    rig.pay(5..<10)
    #expect(rig.untilDecided(10))
    rig.database.change { $0 = backup }
    rig.pay(10..<15)
    #expect(rig.untilDecided(15))
    #expect(rig.database.wait { $0.histories.count == 1 })
    member.worker.stop()
    #expect(try member.exit.value() == .stopped)
    rig.audit()
  }

  @Test func `halts the whole stream where the topic grew`() throws {
    let rig = try WorkerRig(partitions: 2)
    let member = rig.start("a")
    member.log.push(.assigned([0, 1]))
    rig.pay(0..<10)
    #expect(rig.untilDecided(10))
    rig.broker.grow(to: 3)
    let record = SimulatedRecord.transfer("stray", from: "acct-0", to: "acct-1", 1)
    let home = Partitioner.murmur2.partition(key: Array("acct-0".utf8).span.bytes, count: 2)
    rig.broker.append(record, to: 1 - home)
    #expect(member.waitFor { if case .streamHalted = $0 { true } else { false } })
    let stream = rig.stream.id
    #expect(rig.database.wait { $0.streams[stream]?.haltedReason != nil })
    member.worker.stop()
    guard case .halted(let reasons) = try member.exit.value() else {
      Issue.record("a worker whose stream halted ends as if nothing were")
      return
    }
    #expect(!reasons.isEmpty && reasons.values.allSatisfy { $0.contains("partitions") }, "\(reasons)")
    #expect(rig.outcomes == 10)
  }

  @Test func `survives a store that fails at random`() throws {
    let rig = try WorkerRig(partitions: 3)
    rig.database.faults.draw(seed: 7, perMille: 20)
    let member = rig.start("a", untilIdle: .milliseconds(300))
    member.log.push(.assigned([0, 1, 2]))
    rig.pay(0..<200)
    _ = rig.untilDecided(150)
    rig.database.faults.heal()
    let exit = try member.exit.value()
    if case .idle = exit { #expect(rig.outcomes == 200) }
    rig.audit()
  }
}
