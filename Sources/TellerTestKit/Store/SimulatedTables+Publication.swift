internal import Teller

/// What publishing needs of the tables.
extension SimulatedTables {
  /// The number of the history that holds now; it is raised by naming a reason.
  var history: Int32 { Int32(histories.count) + 1 }

  /// The random id of a history: the same in every run.
  static func randomID(of history: Int32) -> UInt128 {
    let bits = UInt128(UInt32(bitPattern: history)) &* 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835
    return bits & ~(0xf << 76 | 0x3 << 62) | 0x4 << 76 | 0x2 << 62
  }

  /// The clock at a batch's guard: it moves a millisecond with each number of the sequence.
  static func clock(_ sequence: Int64) -> Int64 { 1_700_000_000_000_000 + 1_000 * sequence + 7 }

  /// The cursor's row; one that nobody touched stands where the partition began.
  func cursor(of partition: PartitionID) -> SimulatedCursorRow {
    cursors[partition] ?? SimulatedCursorRow(published: owners[partition]?.startOffset ?? 0)
  }

  /// What was decided first at a place.
  func first(at place: Location) -> FirstDecision {
    let owner = owners[place.partition]
    return FirstDecision(
      code: refusals[place], incarnation: owner.flatMap { streams[$0.stream]?.identity.incarnation } ?? 1,
      partition: owner?.partition ?? 0, offset: place.offset)
  }

  /// What the commit of a batch tells, once it is recorded.
  func facts(of outcomes: BatchOutcomes, _ commit: BatchCommit) -> CommitFacts {
    CommitFacts(
      history: history, decidedAt: Self.clock(commit.sequence),
      firsts: outcomes.repeats.map { first(at: $0.first) })
  }

  /// The last decided offset below another.
  func lastDecided(below offset: Int64, of partition: PartitionID) -> Int64? {
    let claimed = keys.values.map(\.location)
    let all = [claimed, Array(repeats.keys), Array(dead.keys)].joined()
    return all.filter { $0.partition == partition && $0.offset < offset }.map(\.offset).max()
  }
}
