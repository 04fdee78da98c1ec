/// What the group's events mean for the partitions: who is claimed, when reading starts, what ends. Pure.
///
/// Only an assignment makes an owner: a claim (epoch + 1) is made once when an assignment is given, and again when a
/// writer was fenced, or a person cleared a halt, while the assignment still stands. Each claim ends in un-assign and assign at the offset that the
/// database returned, so a late claimer costs a moment and never a halt.
///
/// A claim belongs to the generation of the assignment that asked for it; answers for a former one are dropped:
/// 1. assigned → claim(1) starts; 2. revoked, assigned again → claim(2) starts; 3. claim(1) answers: its epochs may be
/// the older ones by now, so reading with them would only be fenced.
struct AssignmentStateMachine: Sendable {
  /// What the control thread does next, in order.
  enum Action: Equatable, Sendable {
    /// Stop the writers; wait for the batches in flight only if the assignment was not lost.
    case drain(wait: Bool)
    /// Tell the client to stop reading: the partitions are given back, or a claim reads them anew.
    case unassign
    /// Claim partitions in the database. Proof: only after the coordinator confirmed the membership.
    case claim(Claim)
    /// Put writers in place and read from where they start.
    case start([Ownership])
    /// The assignment is empty, or nothing of it can be read.
    case startNothing
    /// Read every partition again from its committed position.
    case rereadAll
    /// A partition's queue loses its place again and again: it stands still, the others go on.
    case halt(Ownership, reason: String)
    /// This process and another take a partition from each other without end.
    case giveUp(partition: Int32)
  }

  /// A wish for ownership.
  struct Claim: Equatable, Sendable {
    let generation: Int
    let partitions: [Int32]
    let needsProof: Bool
  }

  private enum State: Equatable {
    /// Can turn claiming.
    case unassigned
    /// Can turn owning (the claim is answered) or unassigned (revoked).
    case claiming
    /// Can turn unassigned (revoked).
    case owning
  }

  /// A queue that loses the same place more often than this in a minute does not find it any more.
  static let rereadsMax = 20

  private var state = State.unassigned
  private(set) var generation = 0
  private(set) var owned: [Int32: Ownership] = [:]
  private var assignment: Set<Int32> = []
  private var reclaims = ReclaimPolicy()
  private var rereads = ReclaimPolicy(timesMax: Self.rereadsMax)
  private var rereadPositions: [Int32: Int64] = [:]

  /// The group gave us these partitions: all there are for us now (eager protocol).
  mutating func assigned(_ partitions: [Int32]) -> [Action] {
    generation += 1
    owned = [:]
    assignment = Set(partitions)
    guard !partitions.isEmpty else {
      state = .owning
      return [.startNothing]
    }
    state = .claiming
    // Answered at once, with nothing: until it has its answer, librdkafka tells nobody of the next rebalance, and a
    // claim may have to wait for a database that is down.
    return [
      .startNothing,
      .claim(Claim(generation: generation, partitions: partitions.sorted(), needsProof: false)),
    ]
  }

  /// The group took everything back.
  mutating func revoked(lost: Bool) -> [Action] {
    generation += 1
    state = .unassigned
    owned = [:]
    assignment = []
    return [.drain(wait: !lost), .unassign]
  }

  /// A claim was answered: these partitions are ours, the others of the claim halted or were not given.
  mutating func claimed(_ claim: Claim, _ ownerships: [Ownership]) -> [Action] {
    guard claim.generation == generation, state != .unassigned else { return [] }
    state = .owning
    for ownership in ownerships { owned[ownership.partition] = ownership }
    if ownerships.isEmpty { return owned.isEmpty ? [.startNothing] : [] }
    // A claim in the middle of an assignment also throws away what was fetched before it. Once: librdkafka 2.0.2 aborts
    // (assertion rktp_started) where partitions are assigned, un-assigned and assigned before it has stopped them.
    return claim.needsProof ? [.unassign, .start(ownerships)] : [.start(ownerships)]
  }

  /// A writer was refused by the guard.
  mutating func fenced(_ ownership: Ownership, now: Duration) -> [Action] {
    guard isCurrent(ownership) else { return [] }
    owned[ownership.partition] = nil
    guard reclaims.mayReclaim(ownership.partition, now: now) else {
      return [.giveUp(partition: ownership.partition)]
    }
    return [.claim(Claim(generation: generation, partitions: [ownership.partition], needsProof: true))]
  }

  /// A writer's queue lost its place.
  ///
  /// - Parameter position: how far the partition is; only losses at one position count against it.
  mutating func reread(
    _ ownership: Ownership, at position: Int64, why: String, now: Duration
  ) -> [Action] {
    guard isCurrent(ownership) else { return [] }
    if rereadPositions.updateValue(position, forKey: ownership.partition) != position {
      rereads.committed(ownership.partition)
    }
    guard rereads.mayReclaim(ownership.partition, now: now) else {
      owned[ownership.partition] = nil
      let reason = "read again \(Self.rereadsMax) times in a minute from offset \(position), in vain: \(why)"
      return [.halt(ownership, reason: reason)]
    }
    return [.rereadAll]
  }

  /// A partition halted.
  mutating func halted(_ ownership: Ownership) -> Bool {
    guard isCurrent(ownership) else { return false }
    owned[ownership.partition] = nil
    return true
  }

  /// A person cleared the halt of a partition that stood still under this generation's assignment: it is claimed as after
  /// a fence, with proof, which also checks its log again. Not counted as a fight: a person is behind each.
  mutating func resumed(_ partition: Int32, generation: Int) -> [Action] {
    guard generation == self.generation, assignment.contains(partition), owned[partition] == nil else {
      return []
    }
    return [.claim(Claim(generation: generation, partitions: [partition], needsProof: true))]
  }

  /// A partition's commit went through: its claims count anew.
  mutating func committed(_ partition: Int32) { reclaims.committed(partition) }

  private func isCurrent(_ ownership: Ownership) -> Bool { owned[ownership.partition] == ownership }
}

/// More than 5 re-claims of a partition in a minute without a commit between: two processes fight, and this one leaves.
struct ReclaimPolicy: Sendable {
  static let reclaimsMax = 5
  static let window = Duration.seconds(60)
  private let timesMax: Int
  private var times: [Int32: [Duration]] = [:]

  init(timesMax: Int = Self.reclaimsMax) { self.timesMax = timesMax }

  mutating func mayReclaim(_ partition: Int32, now: Duration) -> Bool {
    var recent = (times[partition] ?? []).filter { now - $0 < Self.window }
    recent.append(now)
    times[partition] = recent
    return recent.count <= timesMax
  }

  mutating func committed(_ partition: Int32) { times[partition] = nil }
}
