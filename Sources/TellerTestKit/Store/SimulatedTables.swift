public import Ledger
public import Teller

/// Everything the simulated database holds. A value: a transaction works on its copy, and its commit puts the
/// copy in place.
public struct SimulatedTables: Sendable {
  /// Adopted streams by id.
  public var streams: [Int32: SimulatedStreamRow] = [:]
  /// Owner rows.
  public var owners: [PartitionID: SimulatedOwnerRow] = [:]
  /// The deduplication table: where each key was first decided, and with what meaning.
  public var keys: [SimulatedKey: KnownKey] = [:]
  /// Batches in the order of their commits.
  public var batches: [SimulatedBatchRow] = []
  /// Final refusals.
  public var refusals: [Location: String] = [:]
  /// Repeats and reuses.
  public var repeats: [Location: BatchOutcomes.Repeat] = [:]
  /// Dead letters.
  public var dead: [Location: DeadRecord] = [:]
  /// Confirmed holes.
  public var gaps: Set<SimulatedGap> = []
  /// Why the history was raised, once for each time.
  public var histories: [String] = []
  /// Cursors of partitions that were published or in trouble; see `cursor(of:)`. Kept apart from transactions: what one
  /// of them commits leaves the cursors as they are then.
  public var cursors: [PartitionID: SimulatedCursorRow] = [:]
  /// Accounts by surrogate id. Ids are given out inside the transaction, so that a rollback gives the same id
  /// away twice: a handler that remembers one it should not will move money on the wrong account.
  public var accounts: [Int32: SimulatedAccount] = [:]
  /// Surrogate ids by name.
  public var accountIDs: [[UInt8]: Int32] = [:]
  /// The journal.
  public var journal: [SimulatedEntry] = []
  /// Keys whose effect the database refuses, as a constraint that the handler does not know would.
  public var refusedKeys: Set<IdempotencyKey> = []

  /// The partition's row id in the stream's present incarnation.
  public func partitionID(_ partition: Int32, of stream: Int32) -> PartitionID? {
    owners.first { $0.value.stream == stream && $0.value.partition == partition }?.key
  }

  /// The guard: moves the row, or says what it really is.
  mutating func pass(_ fence: Fence) throws(StoreFailure) {
    guard let owner = owners[fence.partition] else {
      throw StoreFailure(.broken, message: "there is no owner row \(fence.partition.value)")
    }
    guard owner.epoch == fence.epoch, owner.owner == fence.owner, owner.nextOffset == fence.from else {
      throw StoreFailure(.fenced(owner.row), code: "TL001", message: "the guard does not match")
    }
    owners[fence.partition]?.nextOffset = fence.to
    owners[fence.partition]?.anchors = fence.anchors
  }

  /// Claims keys; the answer is the earlier decision of each, nil where the claim is new.
  mutating func claim(
    _ claims: [KeyClaim], in partition: PartitionID, carefully: Bool
  ) throws(StoreFailure) -> [KnownKey?] {
    let stream = owners[partition]?.stream ?? 0
    var known: [KnownKey?] = []
    for claim in claims {
      let place = SimulatedKey(stream: stream, key: claim.key)
      if let earlier = keys[place] {
        guard carefully else {
          throw StoreFailure(.claimConflict, code: "23505", message: "a key exists")
        }
        known.append(earlier)
      } else {
        let location = Location(partition: partition, offset: claim.offset)
        keys[place] = KnownKey(fingerprint: claim.fingerprint, location: location)
        known.append(nil)
      }
    }
    return known
  }

  /// The batch's row and its exceptions.
  mutating func record(_ outcomes: BatchOutcomes, as commit: BatchCommit, epoch: Int64) throws(StoreFailure) {
    batches.append(
      SimulatedBatchRow(
        partition: commit.partition, offsets: outcomes.from..<outcomes.to, epoch: epoch,
        sequence: commit.sequence, history: history, decidedAt: Self.clock(commit.sequence)))
    func place(_ offset: Int64) -> Location { Location(partition: commit.partition, offset: offset) }
    for refusal in outcomes.refusals { refusals[place(refusal.offset)] = refusal.code }
    for again in outcomes.repeats { repeats[place(again.offset)] = again }
    for letter in outcomes.dead { dead[place(letter.offset)] = letter }
    for gap in outcomes.gaps { gaps.insert(SimulatedGap(partition: commit.partition, offsets: gap)) }
  }

  /// Opens an account; the surrogate id is the next free one.
  @discardableResult
  public mutating func open(
    _ name: [UInt8], _ state: AccountState, by sequence: Int64, at location: Location? = nil
  ) -> Int32 {
    let id = Int32(accounts.count + 1)
    accounts[id] = SimulatedAccount(
      name: name, state: state, openingBalance: state.balance, openedBy: sequence, openedAt: location)
    accountIDs[name] = id
    return id
  }
}
