public import Teller

/// The conformance checks over the simulated store itself.
public final class SimulatedStoreHarness: PublicationHarness {
  /// The database under the stores.
  public let database = SimulatedDatabase()
  private let stream: StreamIdentity

  /// A stream of two partitions with nothing decided.
  public init() throws {
    let broker = SimulatedBroker(partitions: 2)
    stream = try SimulatedOwnershipStore(database).openStream(broker.sighting())
  }

  /// A session that is connected.
  public func makeStore() throws -> SimulatedStore { SimulatedStore(database) }

  /// Waits for the transaction in flight, then raises the epoch. Clears a halt.
  public func takeOver(_ partition: Int32, owner: String) throws -> Ownership {
    try SimulatedOwnershipStore(database).takeOver(partition, of: stream, owner: owner)
  }

  /// The guarded row, as committed.
  public func ownerRow(of partition: Int32) throws -> OwnerRow {
    guard let id = database.tables.partitionID(partition, of: stream.id),
      let owner = database.tables.owners[id]
    else { throw ConformanceFailure(description: "there is no partition \(partition)") }
    return owner.row
  }

  /// The outcome view of one partition.
  public func outcomes(of partition: Int32) throws -> [ObservedOutcome] {
    let tables = database.tables
    let id = tables.partitionID(partition, of: stream.id)
    return tables.outcomes.filter { $0.location.partition == id }
      .sorted { $0.location.offset < $1.location.offset }
      .map { ObservedOutcome($0.location.offset, $0.kind.rawValue, $0.code) }
  }

  /// Confirmed holes.
  public func gaps(of partition: Int32) throws -> [Range<Int64>] {
    let tables = database.tables
    let id = tables.partitionID(partition, of: stream.id)
    return tables.gaps.filter { $0.partition == id }.map(\.offsets).sorted { $0.lowerBound < $1.lowerBound }
  }

  /// All batches.
  public func batches() throws -> [ObservedBatch] {
    database.tables.batches.sorted { $0.sequence < $1.sequence }.map {
      ObservedBatch(partition: $0.partition, offsets: $0.offsets, epoch: $0.epoch, sequence: $0.sequence)
    }
  }

  /// A publisher's session; events have no members of a handler.
  public func makePublicationStore() throws -> SimulatedPublicationStore {
    SimulatedPublicationStore(database, effects: nil)
  }

  /// The cursor's trouble.
  public func trouble(of partition: Int32) throws -> String? {
    let tables = database.tables
    return tables.partitionID(partition, of: stream.id).flatMap { tables.cursors[$0]?.trouble }
  }

  /// Raises the history.
  public func raiseHistory() throws {
    try SimulatedOwnershipStore(database).raiseHistory(reason: "a check asked for it")
  }

  /// Moves the position without a batch.
  public func skip(_ partition: Int32, to offset: Int64) throws {
    database.change { tables in
      guard let id = tables.partitionID(partition, of: stream.id) else { return }
      tables.owners[id]?.nextOffset = offset
    }
  }

  /// Ends the session from outside.
  public func cut(_ store: SimulatedStore) throws { store.cut() }

  /// Waits for a waiting session.
  public func untilSomeoneWaits() throws {
    guard database.untilSomeoneWaits() else {
      throw ConformanceFailure(description: "nobody waits for a lock")
    }
  }
}
