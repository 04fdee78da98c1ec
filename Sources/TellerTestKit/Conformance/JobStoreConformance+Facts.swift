internal import Teller

/// What a commit tells beside its tag. What it says of repeats is checked with the publication store, which must agree.
extension JobStoreConformance {
  static var factChecks: [Check] {
    [
      Check("a commit tells the history and the time, and nothing of repeats where there are none") {
        harness in
        let (store, owner) = (try harness.makeStore(), try harness.takeOver(0, owner: "a"))
        try expectEqual(store.facts(), nil, "facts before any commit")
        let (first, second) = (fence(owner, to: 1), fence(owner, to: 2, from: 1))
        try run(store, first, claims(1))
        let facts = store.facts()
        try expectEqual(facts?.history, 1, "the history")
        try expectEqual(facts?.firsts, [], "first decisions")
        try run(store, second, claims(2, from: 1))
        guard let before = facts?.decidedAt, let after = store.facts()?.decidedAt else {
          throw ConformanceFailure(description: "a commit told nothing")
        }
        // Years 2020 to 2100, in microseconds since 1970.
        try expect((1_577_836_800_000_000..<4_102_444_800_000_000).contains(before), "the time is \(before)")
        try expect(before < after, "the times are \(before) and \(after)")
      },
      Check("a commit tells for each repeat what was decided first") { harness in
        let (store, owner) = (try harness.makeStore(), try harness.takeOver(0, owner: "a"))
        try run(store, fence(owner, to: 2), claims(1, 2)) { outcomes in
          outcomes.refusals = [BatchOutcomes.Refusal(offset: 1, code: "insufficient_funds")]
        }
        try run(store, fence(owner, to: 7, from: 2), claims(3, 4, from: 2)) { outcomes in
          outcomes.refusals = [BatchOutcomes.Refusal(offset: 3, code: "currency_mismatch")]
          outcomes.repeats = [(4, 3), (5, 1), (6, 0)].map { offset, first in
            BatchOutcomes.Repeat(
              offset: offset, key: key(Int(first) + 1), fingerprint: fingerprint(0),
              first: Location(partition: owner.id, offset: first), isReuse: offset == 5)
          }
        }
        let wanted = [("currency_mismatch", 3), ("insufficient_funds", 1), (nil, 0)].map { code, offset in
          FirstDecision(code: code, incarnation: 1, partition: 0, offset: Int64(offset))
        }
        try expectEqual(store.facts()?.firsts, wanted, "first decisions")
      },
      Check("nothing is told of a batch that is not committed") { harness in
        let (store, owner) = (try harness.makeStore(), try harness.takeOver(0, owner: "a"))
        try run(store, fence(owner, to: 1), claims(1))
        try open(store, fence(owner, to: 2, from: 1), claims(2, from: 1))
        try expectEqual(store.facts(), nil, "facts in the middle of a batch")
        try store.rollback()
        try expectEqual(store.facts(), nil, "facts after a rollback")
        try run(store, fence(owner, to: 2, from: 1), claims(2, from: 1))
        try expect(store.facts() != nil, "a commit told nothing")
        try store.reconnect()
        try expectEqual(store.facts(), nil, "facts after a reconnect")
      },
    ]
  }
}
