internal import Teller

/// What is recorded of a batch, and in what order batches stand.
extension JobStoreConformance {
  static var recordChecks: [Check] {
    [
      Check("refusals, repeats, reuses, dead letters and gaps are recorded") { harness in
        let (store, owner) = (try harness.makeStore(), try harness.takeOver(0, owner: "a"))
        try recordOneOfEach(store, owner)
        let wanted = [
          ObservedOutcome(0, "applied"), ObservedOutcome(1, "rejected", "insufficient_funds"),
          ObservedOutcome(2, "duplicate"), ObservedOutcome(3, "rejected", "idempotency_key_reused"),
          ObservedOutcome(4, "dead", "undecodable"), ObservedOutcome(5, "dead", "invalid_request"),
          ObservedOutcome(8, "rejected", "currency_mismatch"),
        ]
        try expectEqual(try harness.outcomes(of: 0), wanted, "outcomes")
        try expectEqual(try harness.gaps(of: 0), [6..<8, 9..<10], "gaps")
      },
      Check("a dead record takes no key") { harness in
        let (store, owner) = (try harness.makeStore(), try harness.takeOver(0, owner: "a"))
        let dead = dead(0, .invalidRequest, key: key(1))
        try run(store, fence(owner, to: 1), []) { $0.dead = [dead] }
        try run(store, fence(owner, to: 2, from: 1), claims(1, from: 1))
      },
      Check("a batch of nothing but a gap moves the position") { harness in
        let (store, owner) = (try harness.makeStore(), try harness.takeOver(0, owner: "a"))
        try run(store, fence(owner, to: 4), []) { $0.gaps = [0..<4] }
        try expectEqual(try harness.outcomes(of: 0), [], "outcomes")
        try expectEqual(try harness.gaps(of: 0), [0..<4], "gaps")
        try expectEqual(try harness.ownerRow(of: 0).nextOffset, 4, "the position")
      },
      Check("sequence numbers grow with the order of commits, over all partitions") { harness in
        let stores = [try harness.makeStore(), try harness.makeStore()]
        let owners = [try harness.takeOver(0, owner: "a"), try harness.takeOver(1, owner: "b")]
        for round in 0..<4 {
          let (turn, offset) = (round % 2, Int64(round / 2))
          try run(
            stores[turn], fence(owners[turn], to: offset + 1, from: offset), claims(round, from: offset))
        }
        let batches = try harness.batches()
        try expectEqual(batches.map(\.partition), [0, 1, 0, 1].map { owners[$0].id }, "partitions")
        try expectEqual(batches.map(\.offsets), [0..<1, 0..<1, 1..<2, 1..<2], "offsets")
        let numbers = batches.map(\.sequence)
        try expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }, "the numbers are \(numbers)")
      },
      Check("a batch bears the epoch of its guard") { harness in
        let (store, first) = (try harness.makeStore(), try harness.takeOver(0, owner: "a"))
        try run(store, fence(first, to: 1), claims(1))
        let second = try harness.takeOver(0, owner: "b")
        try run(store, fence(second, to: 2), claims(2, from: 1))
        try expectEqual(try harness.batches().map(\.epoch), [first.epoch, second.epoch], "epochs")
      },
    ]
  }

  private static func recordOneOfEach(_ store: Harness.Store, _ owner: Ownership) throws {
    let letters = [dead(4, .undecodable), dead(5, .invalidRequest, key: key(3))]
    let place = Location(partition: owner.id, offset: 0)
    try run(store, fence(owner, to: 10), claims(1, 2) + claims(4, from: 8)) { outcomes in
      outcomes.refusals = [
        BatchOutcomes.Refusal(offset: 1, code: "insufficient_funds"),
        BatchOutcomes.Refusal(offset: 8, code: "currency_mismatch"),
      ]
      outcomes.repeats = [
        BatchOutcomes.Repeat(
          offset: 2, key: key(1), fingerprint: fingerprint(1), first: place, isReuse: false),
        BatchOutcomes.Repeat(
          offset: 3, key: key(1), fingerprint: fingerprint(9), first: place, isReuse: true),
      ]
      outcomes.dead = letters
      outcomes.gaps = [6..<8, 9..<10]
      outcomes.appliedCount = 1
    }
  }

  /// A dead record whose bytes no text column could hold.
  private static func dead(
    _ offset: Int64, _ code: DeadLetterCause.Code, key: IdempotencyKey? = nil
  ) -> DeadRecord {
    var records = RecordBatch()
    records.append(offset: offset, timestamp: -1) { bytes in
      bytes += [0, 0xff, 0xc3]
      return (-1, 3)
    }
    let cause = DeadLetterCause(code, "made for a check")
    return DeadRecord(offset: offset, cause: cause, idempotencyKey: key, records: records, index: 0)
  }
}
