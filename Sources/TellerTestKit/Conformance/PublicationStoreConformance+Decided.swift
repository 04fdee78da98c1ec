internal import Teller

/// What is read back of decided offsets.
extension PublicationStoreConformance {
  static var decidedChecks: [Check] {
    [
      Check("every kind is told, with what was decided first and the dead whole") { harness in
        let owner = try harness.takeOver(0, owner: "a")
        let facts = try decideOneOfEach(harness, owner)
        let store = try harness.makePublicationStore()
        let stretches = try store.decided(in: 0..<100, of: owner.id, rowsMax: 100)
        try expectEqual(stretches.map(\.range), [0..<11], "ranges")
        guard let stretch = stretches.first else { return }
        let first = FirstDecision(code: nil, incarnation: 1, partition: 0, offset: 0)
        let refused = FirstDecision(code: "insufficient_funds", incarnation: 1, partition: 0, offset: 1)
        let told: [Told] = [
          .applied, .rejected(code: "insufficient_funds"), .duplicate(first), .reused(refused),
          .dead(code: "undecodable"), .dead(code: "invalid_request"), .rejected(code: "currency_mismatch"),
        ]
        try expectEqual(stretch.rows.map(\.offset), [0, 1, 2, 3, 4, 5, 8], "offsets")
        try expectEqual(stretch.rows.map(\.told), told, "what is told")
        try expectEqual(stretch.rows.map { $0.key?.text }, [nil, "two", nil, "two", nil, nil, nil], "texts")
        let keys: [Int64?] = [0, 1, 0, 1, nil, 5, 8]
        try expectEqual(stretch.rows.map(\.key), keys.map { $0.map { natural(owner, $0) } }, "keys")
        try expectEqual(stretch.rows.allSatisfy { $0.effect.isEmpty }, true, "no effects")
        try expectEqual(facts.firsts, [first, refused], "what the commit told of firsts")
        try expectDead(stretch.dead, owner)
      },
      Check("a first decision in another partition and batch is told with its place") { harness in
        let owners = [try harness.takeOver(0, owner: "a"), try harness.takeOver(1, owner: "a")]
        try apply(harness, owners[1], batches: 1, 2)
        let jobs = try harness.makeStore()
        try Words.run(jobs, Words.fence(owners[0], to: 1), []) { outcomes in
          outcomes.repeats = [
            BatchOutcomes.Repeat(
              offset: 0, key: key(owners[1], 2), fingerprint: Words.fingerprint(2),
              first: Location(partition: owners[1].id, offset: 2), isReuse: false)
          ]
        }
        let first = FirstDecision(code: nil, incarnation: 1, partition: 1, offset: 2)
        try expectEqual(jobs.facts()?.firsts, [first], "what the commit told")
        let store = try harness.makePublicationStore()
        let stretches = try store.decided(in: 0..<1, of: owners[0].id, rowsMax: 10)
        try expectEqual(stretches.flatMap { $0.rows.map(\.told) }, [.duplicate(first)], "what is told")
      },
      Check("each batch is a stretch with its epoch, time and history") { harness in
        let jobs = try harness.makeStore()
        var facts: [CommitFacts?] = []
        var epochs: [Int64] = []
        for number in 0..<3 {
          if number == 2 { try harness.raiseHistory() }
          let owner = try harness.takeOver(0, owner: "a")
          let fence = Words.fence(owner, to: Int64(number + 1))
          try Words.run(jobs, fence, Words.claims(number, from: Int64(number)))
          facts.append(jobs.facts())
          epochs.append(owner.epoch)
        }
        let owner = try harness.takeOver(0, owner: "a")
        let store = try harness.makePublicationStore()
        let stretches = try store.decided(in: 0..<3, of: owner.id, rowsMax: 10)
        try expectEqual(stretches.map(\.range), [0..<1, 1..<2, 2..<3], "ranges")
        try expectEqual(stretches.map(\.epoch), epochs, "epochs")
        try expectEqual(stretches.map(\.decidedAt), facts.compactMap(\.self?.decidedAt), "times")
        try expectEqual(stretches.map(\.history), facts.compactMap(\.self?.history), "histories")
        let histories = try store.histories()
        try Words.expect(stretches.allSatisfy { histories[$0.history] != nil }, "a history is unknown")
        let (former, present) = (stretches[0].history, stretches[2].history)
        try expectEqual(stretches[1].history, former, "the history before it was raised")
        try Words.expect(former < present, "the history was raised from \(former) to \(present)")
        try Words.expect(histories[former] != histories[present], "two histories have one id")
      },
    ]
  }

  /// A key of which the one at offset 1 is a natural one.
  private static func natural(_ owner: Ownership, _ offset: Int64) -> IdempotencyKey {
    IdempotencyKey(bits: key(owner, offset).bits, text: offset == 1 ? "two" : nil)
  }

  private static var headers: [RecordHeader] {
    [
      RecordHeader(name: "trace\"\\\u{0}ü", value: [0, 0xff]), RecordHeader(name: "empty", value: []),
      RecordHeader(name: "empty", value: nil), RecordHeader(name: "", value: [1]),
    ]
  }

  private static func decideOneOfEach(_ harness: Harness, _ owner: Ownership) throws -> CommitFacts {
    let store = try harness.makeStore()
    func claim(_ offset: Int64) -> KeyClaim {
      KeyClaim(
        key: natural(owner, offset), fingerprint: Words.fingerprint(Int(offset)), offset: offset)
    }
    func again(_ offset: Int64, of first: Int64, isReuse: Bool) -> BatchOutcomes.Repeat {
      BatchOutcomes.Repeat(
        offset: offset, key: natural(owner, first), fingerprint: Words.fingerprint(Int(offset)),
        first: Location(partition: owner.id, offset: first), isReuse: isReuse)
    }
    try Words.run(store, Words.fence(owner, to: 11), [claim(0), claim(1), claim(8)]) { outcomes in
      outcomes.refusals = [
        BatchOutcomes.Refusal(offset: 1, code: "insufficient_funds"),
        BatchOutcomes.Refusal(offset: 8, code: "currency_mismatch"),
      ]
      outcomes.repeats = [again(2, of: 0, isReuse: false), again(3, of: 1, isReuse: true)]
      outcomes.dead = [dead(4, headers: headers), dead(5, .invalidRequest, key: natural(owner, 5))]
      outcomes.gaps = [6..<8, 9..<11]
      outcomes.appliedCount = 1
    }
    guard let facts = store.facts() else { throw ConformanceFailure(description: "the commit told nothing") }
    return facts
  }

  private static func expectDead(_ found: [DeadRecord], _ owner: Ownership) throws {
    try expectEqual(found.map(\.offset), [4, 5], "the dead")
    let wanted = [dead(4, headers: headers), dead(5, .invalidRequest, key: natural(owner, 5))]
    for (record, wanted) in zip(found, wanted) {
      try expectEqual(record.timestamp, wanted.timestamp, "the timestamp")
      try expectEqual(record.cause, wanted.cause, "the cause")
      try expectEqual(record.idempotencyKey, wanted.idempotencyKey, "the idempotency key")
      try expectEqual(record.key, wanted.key, "the key")
      try expectEqual(record.value, wanted.value, "the value")
      try expectEqual(record.headers, wanted.headers, "the headers")
    }
  }
}
