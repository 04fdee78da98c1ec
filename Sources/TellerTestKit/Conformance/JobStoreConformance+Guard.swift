internal import Teller

/// The guard, and what a takeover has to do with it.
extension JobStoreConformance {
  static var guardChecks: [Check] {
    [
      Check("a batch is seen once it is committed, and not before") { harness in
        let (store, owner) = (try harness.makeStore(), try harness.takeOver(0, owner: "a"))
        let fence = fence(owner, to: 2)
        try open(store, fence, claims(1, 2))
        try expectEqual(try harness.outcomes(of: 0), [], "outcomes before the commit")
        try expectEqual(try harness.ownerRow(of: 0).nextOffset, 0, "position before the commit")
        try finish(store, fence)
        let wanted = [ObservedOutcome(0, "applied"), ObservedOutcome(1, "applied")]
        try expectEqual(try harness.outcomes(of: 0), wanted, "outcomes after the commit")
        try expectEqual(try harness.ownerRow(of: 0).nextOffset, 2, "position after the commit")
      },
      Check("a fence with a stale epoch commits nothing and names the actual row") { harness in
        let (store, stale) = (try harness.makeStore(), try harness.takeOver(0, owner: "a"))
        let owner = try harness.takeOver(0, owner: "b")
        try expectEqual(owner.epoch, stale.epoch + 1, "the epoch after a takeover")
        try refuses(harness, store, fence(stale, to: 1))
      },
      Check("a fence with another owner's name commits nothing and names the actual row") { harness in
        let (store, owner) = (try harness.makeStore(), try harness.takeOver(0, owner: "a"))
        let fence = Fence(
          partition: owner.id, epoch: owner.epoch, owner: "b", from: 0, to: 1, anchors: Anchors())
        try refuses(harness, store, fence)
      },
      Check("a fence at another offset commits nothing and names the actual row") { harness in
        let (store, owner) = (try harness.makeStore(), try harness.takeOver(0, owner: "a"))
        try refuses(harness, store, fence(owner, to: 8, from: 7))
      },
      Check("a takeover between two round trips of a session fences its next batch only") { harness in
        let (store, first) = (try harness.makeStore(), try harness.takeOver(0, owner: "a"))
        try store.begin(fence(first, to: 1))
        try store.claim(claims(1), carefully: false)
        let second = try harness.takeOver(0, owner: "b")
        try expectEqual(second.nextOffset, 0, "where the second owner starts")
        let kind = try failure("the first owner's batch") {
          try store.drawSequence()
          try store.synchronize()
        }
        let row = OwnerRow(epoch: second.epoch, owner: "b", nextOffset: 0)
        try expectEqual(kind, .fenced(row), "the refusal")
        try store.rollback()
        try run(store, fence(second, to: 1), claims(1))
        try expectEqual(try harness.outcomes(of: 0), [ObservedOutcome(0, "applied")], "outcomes")
      },
      Check("a takeover waits for the commit in flight and begins behind it") { harness in
        let (store, first) = (try harness.makeStore(), try harness.takeOver(0, owner: "a"))
        let fence = fence(first, to: 3)
        try open(store, fence, claims(1, 2, 3))
        let takeover = InBackground { try harness.takeOver(0, owner: "b") }
        try harness.untilSomeoneWaits()
        try finish(store, fence)
        let second = try takeover.value()
        try expectEqual(second.nextOffset, 3, "where the second owner starts")
        try expectEqual(second.epoch, first.epoch + 1, "the epoch")
      },
      Check("a takeover returns the anchors of the last commit") { harness in
        let (store, first) = (try harness.makeStore(), try harness.takeOver(0, owner: "a"))
        try expectEqual(first.anchors, Anchors(), "anchors of a new partition")
        let digest = (0..<32).map { UInt8($0) }
        let one = Anchors(last: Anchor(offset: 0, digest: digest))
        try run(store, fence(first, to: 1, anchors: one), claims(1))
        try expectEqual(try harness.takeOver(0, owner: "b").anchors, one, "one anchor")
        let third = try harness.takeOver(0, owner: "c")
        let two = Anchors(last: Anchor(offset: 1, digest: digest.reversed()), checkpoint: one.last)
        try run(store, fence(third, to: 2, anchors: two), claims(2, from: 1))
        try expectEqual(try harness.takeOver(0, owner: "d").anchors, two, "two anchors")
      },
    ]
  }

  private static func refuses(_ harness: Harness, _ store: Harness.Store, _ fence: Fence) throws {
    let before = try harness.ownerRow(of: 0)
    let kind = try failure("a batch behind a wrong guard") { try open(store, fence, claims(1)) }
    try expectEqual(kind, .fenced(before), "the refusal")
    try store.rollback()
    try expectEqual(try harness.ownerRow(of: 0), before, "the owner row afterwards")
    try expectEqual(try harness.outcomes(of: 0), [], "outcomes")
    // The key was not taken either.
    let other = try harness.takeOver(1, owner: "c")
    try run(store, self.fence(other, to: 1), claims(1))
  }
}
