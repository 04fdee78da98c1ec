public import Teller

/// The conformance checks over the simulated store itself.
public final class SimulatedStoreHarness: StoreHarness {
  /// The database under the stores.
  public let database = SimulatedDatabase()
  private let stream: StreamIdentity

  /// A stream of two partitions with nothing decided.
  public init() throws {
    let broker = SimulatedBroker(partitions: 2)
    stream = try SimulatedOwnershipStore(database).openStream(broker.sighting())
  }

  public func makeStore() throws -> SimulatedStore { SimulatedStore(database) }

  public func takeOver(_ partition: Int32, owner: String) throws -> Ownership {
    try SimulatedOwnershipStore(database).takeOver(partition, of: stream, owner: owner)
  }

  public func ownerRow(of partition: Int32) throws -> OwnerRow {
    guard let id = database.tables.partitionID(partition, of: stream.id),
      let owner = database.tables.owners[id]
    else { throw ConformanceFailure(description: "there is no partition \(partition)") }
    return owner.row
  }

  public func outcomes(of partition: Int32) throws -> [ObservedOutcome] {
    let tables = database.tables
    let id = tables.partitionID(partition, of: stream.id)
    return tables.outcomes.filter { $0.location.partition == id }
      .sorted { $0.location.offset < $1.location.offset }
      .map { ObservedOutcome($0.location.offset, $0.kind.rawValue, $0.code) }
  }

  public func gaps(of partition: Int32) throws -> [Range<Int64>] {
    let tables = database.tables
    let id = tables.partitionID(partition, of: stream.id)
    return tables.gaps.filter { $0.partition == id }.map(\.offsets).sorted { $0.lowerBound < $1.lowerBound }
  }

  public func batches() throws -> [ObservedBatch] {
    database.tables.batches.sorted { $0.sequence < $1.sequence }.map {
      ObservedBatch(partition: $0.partition, offsets: $0.offsets, epoch: $0.epoch, sequence: $0.sequence)
    }
  }

  public func cut(_ store: SimulatedStore) throws { store.cut() }

  public func untilSomeoneWaits() throws {
    guard database.untilSomeoneWaits() else {
      throw ConformanceFailure(description: "nobody waits for a lock")
    }
  }
}
