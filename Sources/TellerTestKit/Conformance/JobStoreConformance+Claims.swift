internal import Teller

/// The memory of keys.
extension JobStoreConformance {
  static var claimChecks: [Check] {
    [
      Check("a claim of a key that exists fails plainly, and commits nothing") { harness in
        let (store, owner) = (try harness.makeStore(), try harness.takeOver(0, owner: "a"))
        try run(store, fence(owner, to: 1), claims(2))
        let kind = try failure("a plain claim") {
          try open(store, fence(owner, to: 3, from: 1), claims(1, 2, from: 1))
        }
        try expectEqual(kind, .claimConflict, "the failure")
        try store.rollback()
        try expectEqual(try harness.ownerRow(of: 0).nextOffset, 1, "the position")
        try run(store, fence(owner, to: 2, from: 1), claims(1, from: 1))
      },
      Check("a careful claim returns the earlier decisions, in the claims' order") { harness in
        let (store, owner) = (try harness.makeStore(), try harness.takeOver(0, owner: "a"))
        try run(store, fence(owner, to: 2), claims(2, 4))
        // The second claim means something else than the first decision of its key.
        let again = KeyClaim(key: key(4), fingerprint: fingerprint(40), offset: 5)
        let mixed = claims(1, 2, 3, from: 2) + [again]
        try open(store, fence(owner, to: 6, from: 2), mixed, carefully: true)
        let known = try store.knownKeys()
        let places = [0, 1].map { Location(partition: owner.id, offset: $0) }
        let wanted = [
          nil, KnownKey(fingerprint: fingerprint(2), location: places[0]), nil,
          KnownKey(fingerprint: fingerprint(4), location: places[1]),
        ]
        try expectEqual(known, wanted, "the earlier decisions")
        try store.rollback()
      },
      Check("a careful claim of new keys keeps them like a plain one") { harness in
        let (store, owner) = (try harness.makeStore(), try harness.takeOver(0, owner: "a"))
        let fence = fence(owner, to: 2)
        try open(store, fence, claims(1, 2), carefully: true)
        try expectEqual(try store.knownKeys(), [nil, nil], "the earlier decisions")
        try finish(store, fence)
        let kind = try failure("a plain claim of a kept key") {
          try open(store, self.fence(owner, to: 3, from: 2), claims(2, from: 2))
        }
        try expectEqual(kind, .claimConflict, "the failure")
        try store.rollback()
      },
      Check("a key is remembered over all partitions of the stream") { harness in
        let store = try harness.makeStore()
        let (first, second) = (try harness.takeOver(0, owner: "a"), try harness.takeOver(1, owner: "a"))
        try run(store, fence(first, to: 1), claims(7))
        try open(store, fence(second, to: 1), claims(7), carefully: true)
        let place = Location(partition: first.id, offset: 0)
        let wanted = KnownKey(fingerprint: fingerprint(7), location: place)
        try expectEqual(try store.knownKeys(), [wanted], "the earlier decision")
        try store.rollback()
      },
      Check("a claim waits for the same claim in flight, and then meets it") { harness in
        let store = try harness.makeStore()
        let (first, second) = (try harness.takeOver(0, owner: "a"), try harness.takeOver(1, owner: "b"))
        let fence = fence(first, to: 1)
        try open(store, fence, claims(7))
        let other = InBackground { try secondClaim(harness, second) }
        try harness.untilSomeoneWaits()
        try finish(store, fence)
        try expectEqual(try other.value(), .claimConflict, "how the second claim ended")
      },
      Check("a claim waits for the same claim in flight, and has it after its rollback") { harness in
        let store = try harness.makeStore()
        let (first, second) = (try harness.takeOver(0, owner: "a"), try harness.takeOver(1, owner: "b"))
        try open(store, fence(first, to: 1), claims(7))
        let other = InBackground { try secondClaim(harness, second) }
        try harness.untilSomeoneWaits()
        try store.rollback()
        try expectEqual(try other.value(), nil, "how the second claim ended")
        try expectEqual(try harness.outcomes(of: 1), [ObservedOutcome(0, "applied")], "outcomes")
      },
      Check("three thousand keys are claimed in one batch") { harness in
        let (store, owner) = (try harness.makeStore(), try harness.takeOver(0, owner: "a"))
        let many = (0..<3_000).map {
          KeyClaim(key: key($0), fingerprint: fingerprint($0), offset: Int64(2_999 - $0))
        }
        try run(store, fence(owner, to: 3_000), many)
        try expectEqual(try harness.outcomes(of: 0).count, 3_000, "outcomes")
      },
    ]
  }

  private static func secondClaim(
    _ harness: Harness, _ ownership: Ownership
  ) throws -> StoreFailure.Kind? {
    let store = try harness.makeStore()
    do {
      try run(store, fence(ownership, to: 1), claims(7))
      return nil
    } catch let failure as StoreFailure {
      try store.rollback()
      return failure.kind
    }
  }
}
