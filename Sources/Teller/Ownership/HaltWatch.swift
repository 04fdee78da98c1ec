/// The halts of this process that stand in the database, and whether a person cleared one (`teller partition resume`,
/// `skip-to`). Pure.
///
/// Only halts that were written down are watched: a reason that is still on its way is missing from the table, too, and
/// that means nothing. They belong to the generation of the assignment under which the partition halted.
struct HaltWatch: Sendable {
  /// How often the table is asked, where anything is watched.
  static let period = Duration.seconds(1)

  private var standing: [Int32: Int] = [:]

  /// Nothing of ours is halted.
  var isEmpty: Bool { standing.isEmpty }

  /// A halt was written down.
  mutating func wrote(_ partition: Int32, generation: Int) { standing[partition] = generation }

  /// The partitions of this generation whose halt is gone from the table; each is told once.
  mutating func cleared(in positions: [PartitionPosition], generation: Int) -> [Int32] {
    standing = standing.filter { $0.value == generation }
    let gone = positions.filter { $0.haltedReason == nil && standing[$0.partition] != nil }.map(\.partition)
    for partition in gone { standing[partition] = nil }
    return gone
  }
}
