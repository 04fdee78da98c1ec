internal import Teller

/// Where cursors stand, and when they move.
extension PublicationStoreConformance {
  static var cursorChecks: [Check] {
    [
      Check("a cursor begins where the partition begins, with nothing before it") { harness in
        let owners = [try harness.takeOver(0, owner: "a"), try harness.takeOver(1, owner: "a")]
        try apply(harness, owners[1], batches: 2)
        let cursors = try harness.makePublicationStore().openCursors(owners)
        let wanted = [cursor(owners[0], 0, after: nil, of: 0), cursor(owners[1], 0, after: nil, of: 2)]
        try expectEqual(cursors.sorted { $0.partition.value < $1.partition.value }, wanted, "cursors")
      },
      Check("a cursor is left out where another owns the partition by now, or another epoch") { harness in
        let old = try harness.takeOver(0, owner: "a")
        let present = try harness.takeOver(0, owner: "a")
        let stranger = Ownership(
          partition: 0, id: present.id, epoch: present.epoch, owner: "b", nextOffset: 0, anchors: Anchors())
        let store = try harness.makePublicationStore()
        try expectEqual(try store.openCursors([old]), [], "cursors of an old epoch")
        try expectEqual(try store.openCursors([stranger]), [], "cursors of another owner")
        try expectEqual(try store.openCursors([]), [], "cursors of nothing")
        try expectEqual(try store.openCursors([present]).count, 1, "cursors of the present epoch")
      },
      Check("what stands before a cursor is the last decided offset, across gaps of any number") { harness in
        let owner = try harness.takeOver(0, owner: "a")
        let jobs = try harness.makeStore()
        try apply(harness, owner, batches: 1)
        try Words.run(jobs, Words.fence(owner, to: 4, from: 1), []) { $0.gaps = [1..<2, 2..<4] }
        try Words.run(jobs, Words.fence(owner, to: 6, from: 4), []) { outcomes in
          outcomes.dead = [dead(4)]
          outcomes.gaps = [5..<6]
        }
        let place = Location(partition: owner.id, offset: 0)
        try Words.run(jobs, Words.fence(owner, to: 8, from: 6), []) { outcomes in
          outcomes.repeats = [
            BatchOutcomes.Repeat(
              offset: 6, key: key(owner, 0), fingerprint: Words.fingerprint(0), first: place, isReuse: false)
          ]
          outcomes.gaps = [7..<8]
        }
        let store = try harness.makePublicationStore()
        var found: [Int64?] = []
        for published in Int64(0)...8 {
          _ = try store.move([wish(owner, published)])
          found += try store.openCursors([owner]).map(\.previous)
        }
        try expectEqual(found, [nil, 0, 0, 0, 0, 4, 4, 6, 6], "offsets before the cursor at 0 to 8")
      },
      Check("nothing stands before a cursor that only gaps are before") { harness in
        let owner = try harness.takeOver(0, owner: "a")
        try Words.run(try harness.makeStore(), Words.fence(owner, to: 4), []) { $0.gaps = [0..<4] }
        // Another partition's offsets are not this one's.
        try apply(harness, try harness.takeOver(1, owner: "a"), batches: 3)
        let store = try harness.makePublicationStore()
        _ = try store.move([wish(owner, 3)])
        try expectEqual(try store.openCursors([owner]), [cursor(owner, 3, after: nil, of: 4)], "the cursor")
      },
    ]
  }

  static var moveChecks: [Check] {
    [
      Check("a cursor moves forward, and standing there counts as moved") { harness in
        let owner = try harness.takeOver(0, owner: "a")
        try apply(harness, owner, batches: 3, 2)
        let store = try harness.makePublicationStore()
        for published: Int64 in [2, 2, 5, 5] {
          try expectEqual(try store.move([wish(owner, published)]), [owner.id], "moved to \(published)")
          let wanted = cursor(owner, published, after: published - 1, of: 5)
          try expectEqual(try store.openCursors([owner]), [wanted], "the cursor")
        }
        try expectEqual(try store.move([]), [], "moves of nothing")
      },
      Check("a cursor never moves back") { harness in
        try refuses(harness) { owner in wish(owner, 1) }
      },
      Check("a cursor never moves past what is decided") { harness in
        try refuses(harness) { owner in wish(owner, 5) }
      },
      Check("a cursor never moves for an old epoch") { harness in
        try refuses(harness) { owner in
          CursorMove(partition: owner.id, epoch: owner.epoch - 1, owner: owner.owner, published: 4)
        }
      },
      Check("a cursor never moves for an epoch that is still to come") { harness in
        try refuses(harness) { owner in
          CursorMove(partition: owner.id, epoch: owner.epoch + 1, owner: owner.owner, published: 4)
        }
      },
      Check("a cursor never moves for another owner") { harness in
        try refuses(harness) { owner in
          CursorMove(partition: owner.id, epoch: owner.epoch, owner: "z", published: 4)
        }
      },
      Check("cursors that may move do so beside those that may not") { harness in
        let owners = [try harness.takeOver(0, owner: "a"), try harness.takeOver(1, owner: "a")]
        for owner in owners { try apply(harness, owner, batches: 2) }
        let store = try harness.makePublicationStore()
        let moved = try store.move([wish(owners[1], 2), wish(owners[0], 3)])
        try expectEqual(moved, [owners[1].id], "moved")
        let published = try store.openCursors(owners).sorted { $0.partition.value < $1.partition.value }
        try expectEqual(published.map(\.published), [0, 2], "cursors")
      },
      Check("a successor goes on where the cursor stands") { harness in
        let first = try harness.takeOver(0, owner: "a")
        try apply(harness, first, batches: 4)
        let store = try harness.makePublicationStore()
        try expectEqual(try store.move([wish(first, 3)]), [first.id], "moved by the first owner")
        let second = try harness.takeOver(0, owner: "b")
        let successor = try harness.makePublicationStore()
        let wanted = cursor(second, 3, after: 2, of: 4)
        try expectEqual(try successor.openCursors([second]), [wanted], "the cursor")
        try expectEqual(try store.move([wish(first, 4)]), [], "moved by the first owner afterwards")
        try expectEqual(try successor.move([wish(second, 4)]), [second.id], "moved by the second")
      },
      Check("a cursor moves while a batch is under way") { harness in
        let (jobs, owner) = (try harness.makeStore(), try harness.takeOver(0, owner: "a"))
        try apply(harness, owner, batches: 2)
        let fence = Words.fence(owner, to: 3, from: 2)
        try Words.open(
          jobs, fence, [KeyClaim(key: key(owner, 2), fingerprint: Words.fingerprint(2), offset: 2)])
        let store = try harness.makePublicationStore()
        try expectEqual(try store.move([wish(owner, 2)]), [owner.id], "moved")
        try expectEqual(try store.move([wish(owner, 3)]), [], "moved to what is not committed")
        try Words.finish(jobs, fence)
        try expectEqual(try store.openCursors([owner]), [cursor(owner, 2, after: 1, of: 3)], "the cursor")
      },
    ]
  }

  /// Four offsets are decided and two of them published; the wish must change nothing.
  private static func refuses(_ harness: Harness, _ wish: (Ownership) -> CursorMove) throws {
    _ = try harness.takeOver(0, owner: "a")
    let owner = try harness.takeOver(0, owner: "a")
    try apply(harness, owner, batches: 4)
    let store = try harness.makePublicationStore()
    try expectEqual(try store.move([self.wish(owner, 2)]), [owner.id], "moved")
    try expectEqual(try store.move([wish(owner)]), [], "moved against the rule")
    try expectEqual(try store.openCursors([owner]), [cursor(owner, 2, after: 1, of: 4)], "the cursor")
  }
}
