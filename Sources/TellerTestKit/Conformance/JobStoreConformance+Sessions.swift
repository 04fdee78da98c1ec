internal import Teller

/// Lost answers, lost connections, and what is left after them.
extension JobStoreConformance {
  static var resolutionChecks: [Check] {
    [
      Check("resolving tells a commit that took place from one that did not") { harness in
        let (store, owner) = (try harness.makeStore(), try harness.takeOver(0, owner: "a"))
        let fence = fence(owner, to: 1)
        try expectEqual(try store.resolve(fence), .notCommitted, "before the batch")
        try run(store, fence, claims(1))
        try expectEqual(try store.resolve(fence), .committed, "after the batch")
        let row = try harness.ownerRow(of: 0)
        let next = self.fence(owner, to: 3, from: 2)
        try expectEqual(try store.resolve(next), .astray(row), "a position that is neither")
        try expectEqual(try harness.ownerRow(of: 0), row, "the row after being asked")
      },
      Check("resolving names another owner, even where the position is the batch's end") { harness in
        let (store, owner) = (try harness.makeStore(), try harness.takeOver(0, owner: "a"))
        let fence = fence(owner, to: 1)
        try run(store, fence, claims(1))
        _ = try harness.takeOver(0, owner: "b")
        try expectEqual(try store.resolve(fence), .fenced(try harness.ownerRow(of: 0)), "the resolution")
      },
      Check("resolving waits for the transaction in flight") { harness in
        let (store, owner) = (try harness.makeStore(), try harness.takeOver(0, owner: "a"))
        let fence = fence(owner, to: 1)
        try open(store, fence, claims(1))
        let answer = InBackground { try harness.makeStore().resolve(fence) }
        try harness.untilSomeoneWaits()
        try finish(store, fence)
        try expectEqual(try answer.value(), .committed, "the resolution")
      },
    ]
  }

  static var sessionChecks: [Check] {
    [
      Check("a rollback leaves nothing, and the session goes on") { harness in
        let (store, owner) = (try harness.makeStore(), try harness.takeOver(0, owner: "a"))
        let before = try harness.ownerRow(of: 0)
        try open(store, fence(owner, to: 2), claims(1, 2))
        try store.rollback()
        try expectEqual(try harness.ownerRow(of: 0), before, "the owner row")
        try expectEqual(try harness.outcomes(of: 0), [], "outcomes")
        try run(store, fence(owner, to: 2), claims(1, 2))
      },
      Check("a rollback without a transaction does nothing") { harness in
        let (store, owner) = (try harness.makeStore(), try harness.takeOver(0, owner: "a"))
        try store.rollback()
        try store.begin(fence(owner, to: 1))
        try store.rollback()
        try run(store, fence(owner, to: 1), claims(1))
      },
      Check("a reconnect in the middle of a batch leaves nothing, and the session goes on") { harness in
        let (store, owner) = (try harness.makeStore(), try harness.takeOver(0, owner: "a"))
        try open(store, fence(owner, to: 1), claims(1))
        try store.reconnect()
        try expectEqual(try store.resolve(fence(owner, to: 1)), .notCommitted, "the resolution")
        try run(store, fence(owner, to: 1), claims(1))
        try expectEqual(try harness.outcomes(of: 0), [ObservedOutcome(0, "applied")], "outcomes")
      },
      Check("a connection that is cut in the read phase is disconnected, without doubt") { harness in
        let (store, owner) = (try harness.makeStore(), try harness.takeOver(0, owner: "a"))
        try store.rollback()
        try harness.cut(store)
        let kind = try failure("a batch over a cut connection") {
          try open(store, fence(owner, to: 1), claims(1))
        }
        try expectEqual(kind, .disconnected(commitInDoubt: false), "the failure")
        try store.reconnect()
        try run(store, fence(owner, to: 1), claims(1))
      },
      Check("a connection that is cut before COMMIT leaves nothing") { harness in
        let (store, owner) = (try harness.makeStore(), try harness.takeOver(0, owner: "a"))
        let fence = fence(owner, to: 1)
        try open(store, fence, claims(1))
        try harness.cut(store)
        let kind = try failure("a commit over a cut connection") { try finish(store, fence) }
        guard case .disconnected = kind else {
          throw ConformanceFailure(description: "the commit failed as \(kind)")
        }
        try store.reconnect()
        try expectEqual(try store.resolve(fence), .notCommitted, "the resolution")
        try run(store, fence, claims(1))
      },
    ]
  }
}
