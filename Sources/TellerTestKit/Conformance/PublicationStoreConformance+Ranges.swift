internal import Teller

/// Which part of a range is read, and what is written about trouble.
extension PublicationStoreConformance {
  static var rangeChecks: [Check] {
    [
      Check("stretches are clipped to the range") { harness in
        let owner = try harness.takeOver(0, owner: "a")
        try apply(harness, owner, batches: 3, 3, 3)
        let store = try harness.makePublicationStore()
        let stretches = try store.decided(in: 2..<7, of: owner.id, rowsMax: 10)
        try expectEqual(stretches.map(\.range), [2..<3, 3..<6, 6..<7], "ranges")
        try expectEqual(stretches.flatMap { $0.rows.map(\.offset) }, [2, 3, 4, 5, 6], "offsets")
        try expectEqual(try offsets(store, owner, 4..<5), [4], "offsets within one batch")
      },
      Check("what is read ends where the decided ends") { harness in
        let owner = try harness.takeOver(0, owner: "a")
        try apply(harness, owner, batches: 2)
        let store = try harness.makePublicationStore()
        try expectEqual(
          try store.decided(in: 1..<9, of: owner.id, rowsMax: 9).map(\.range), [1..<2], "ranges")
        try expectEqual(
          try store.decided(in: 2..<9, of: owner.id, rowsMax: 9).map(\.range), [], "behind the decided")
        try expectEqual(
          try store.decided(in: 1..<1, of: owner.id, rowsMax: 9).map(\.range), [], "an empty range")
      },
      Check("a batch under way is not read") { harness in
        let (jobs, owner) = (try harness.makeStore(), try harness.takeOver(0, owner: "a"))
        try apply(harness, owner, batches: 1)
        let fence = Words.fence(owner, to: 2, from: 1)
        try Words.open(jobs, fence, Words.claims(1, from: 1))
        let store = try harness.makePublicationStore()
        try expectEqual(try offsets(store, owner, 0..<2), [0], "offsets before the commit")
        try Words.finish(jobs, fence)
        try expectEqual(try offsets(store, owner, 0..<2), [0, 1], "offsets after it")
      },
      Check("read in pieces of any size, it is the same, without holes and each offset once") { harness in
        let owner = try harness.takeOver(0, owner: "a")
        let jobs = try harness.makeStore()
        try apply(harness, owner, batches: 4, 1)
        try Words.run(jobs, Words.fence(owner, to: 9, from: 5), []) { outcomes in
          outcomes.dead = [dead(5), dead(8)]
          outcomes.gaps = [6..<8]
        }
        try Words.run(jobs, Words.fence(owner, to: 12, from: 9), []) { $0.gaps = [9..<12] }
        try apply(harness, owner, batches: 3, from: 12)
        let store = try harness.makePublicationStore()
        for rowsMax in 1...12 {
          try expectEqual(
            try pieces(store, owner, 0..<15, rowsMax), [0, 1, 2, 3, 4, 5, 8, 12, 13, 14],
            "offsets in pieces of \(rowsMax)")
        }
      },
      Check("offsets that an operator skipped are an empty stretch") { harness in
        let owner = try harness.takeOver(0, owner: "a")
        try apply(harness, owner, batches: 2)
        try harness.skip(0, to: 5)
        try apply(harness, owner, batches: 1, from: 5)
        try harness.skip(0, to: 8)
        let store = try harness.makePublicationStore()
        let stretches = try store.decided(in: 0..<9, of: owner.id, rowsMax: 10)
        try expectEqual(stretches.map(\.range), [0..<2, 2..<5, 5..<6, 6..<8], "ranges")
        try expectEqual(stretches.flatMap { $0.rows.map(\.offset) }, [0, 1, 5], "offsets")
        try expectEqual(
          try store.decided(in: 3..<4, of: owner.id, rowsMax: 1).map(\.range), [3..<4], "inside")
        _ = try store.move([wish(owner, 5)])
        try expectEqual(try store.openCursors([owner]), [cursor(owner, 5, after: 1, of: 8)], "the cursor")
      },
    ]
  }

  static var troubleChecks: [Check] {
    [
      Check("trouble is written down, and the next move clears it") { harness in
        let owners = [try harness.takeOver(0, owner: "a"), try harness.takeOver(1, owner: "a")]
        for owner in owners { try apply(harness, owner, batches: 2) }
        let store = try harness.makePublicationStore()
        try expectEqual(try harness.trouble(of: 0), nil, "trouble at first")
        try store.note(trouble: "the topic is full", of: [])
        try store.note(trouble: "the topic is full", of: owners.map(\.id))
        try store.note(trouble: "the topic is gone", of: [owners[0].id])
        try expectEqual(try harness.trouble(of: 0), "the topic is gone", "trouble")
        try expectEqual(try harness.trouble(of: 1), "the topic is full", "trouble")
        try expectEqual(try store.move([wish(owners[0], 5)]), [], "a move that is refused")
        try expectEqual(try harness.trouble(of: 0), "the topic is gone", "trouble after a refused move")
        _ = try store.move([wish(owners[0], 1)])
        try expectEqual(try harness.trouble(of: 0), nil, "trouble after a move")
        try expectEqual(try harness.trouble(of: 1), "the topic is full", "trouble of the other")
        try expectEqual(try store.openCursors([owners[0]]).map(\.published), [1], "the cursor")
      },
      Check("trouble does not move a cursor, and a move to where it stands clears it") { harness in
        let owner = try harness.takeOver(0, owner: "a")
        try apply(harness, owner, batches: 2)
        let store = try harness.makePublicationStore()
        _ = try store.move([wish(owner, 1)])
        try store.note(trouble: "the topic is full", of: [owner.id])
        try expectEqual(try store.openCursors([owner]), [cursor(owner, 1, after: 0, of: 2)], "the cursor")
        try expectEqual(try store.move([wish(owner, 1)]), [owner.id], "moved")
        try expectEqual(try harness.trouble(of: 0), nil, "trouble")
      },
      Check("a store goes on after a reconnect") { harness in
        let owner = try harness.takeOver(0, owner: "a")
        try apply(harness, owner, batches: 2)
        let store = try harness.makePublicationStore()
        _ = try store.move([wish(owner, 1)])
        try store.reconnect()
        try expectEqual(try store.openCursors([owner]), [cursor(owner, 1, after: 0, of: 2)], "the cursor")
      },
    ]
  }

  private static func offsets(
    _ store: Harness.Publication, _ owner: Ownership, _ range: Range<Int64>
  ) throws -> [Int64] {
    try store.decided(in: range, of: owner.id, rowsMax: 100).flatMap { $0.rows.map(\.offset) }
  }

  /// Reads a range to its end in pieces, each where the one before ended.
  private static func pieces(
    _ store: Harness.Publication, _ owner: Ownership, _ range: Range<Int64>, _ rowsMax: Int
  ) throws -> [Int64] {
    var found: [Int64] = []
    var next = range.lowerBound
    while next < range.upperBound {
      let stretches = try store.decided(in: next..<range.upperBound, of: owner.id, rowsMax: rowsMax)
      try Words.expect(!stretches.isEmpty, "nothing was read at \(next)")
      let rows = stretches.reduce(0) { $0 + $1.rows.count }
      try Words.expect(rows <= rowsMax, "\(rows) rows were read instead of \(rowsMax)")
      for stretch in stretches {
        try expectEqual(stretch.range.lowerBound, next, "where a stretch begins")
        found += stretch.rows.map(\.offset)
        try expectEqual(
          stretch.dead.map(\.offset), stretch.rows.filter { $0.told.outcome == "dead" }.map(\.offset),
          "the dead")
        next = stretch.range.upperBound
      }
    }
    return found
  }
}
