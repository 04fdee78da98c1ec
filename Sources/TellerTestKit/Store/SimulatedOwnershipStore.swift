public import Teller

/// The ownership thread's session with the simulated database.
public final class SimulatedOwnershipStore: OwnershipStore {
  private let database: SimulatedDatabase
  private let placement: Placement
  private let session: Int
  private var isConnected = true

  /// - Parameter placement: how a stream is adopted that is not known yet.
  public init(_ database: SimulatedDatabase, placement: Placement = .hashed(.murmur2)) {
    self.database = database
    self.placement = placement
    self.session = database.newSession()
  }

  /// Finds the stream, or adopts it from offset 0.
  public func openStream(_ sighting: StreamSighting) throws(StreamRefusal) -> StreamIdentity {
    let answer: Result<StreamIdentity, StreamRefusal>
    do throws(StoreFailure) {
      answer = try transact(.ownership) { (tables) throws(StoreFailure) in
        Self.open(sighting, placement, in: &tables)
      }
    } catch {
      throw .store(error)
    }
    return try answer.get()
  }

  /// Waits for the transaction in flight, then raises the epoch. Clears a halt.
  public func takeOver(
    _ partition: Int32, of stream: StreamIdentity, owner: String
  ) throws(StoreFailure) -> Ownership {
    try transact(.takeOver) { (tables) throws(StoreFailure) in
      guard let id = tables.partitionID(partition, of: stream.id), var row = tables.owners[id] else {
        throw StoreFailure(.broken, message: "stream \(stream.topic) has no partition \(partition)")
      }
      row.epoch += 1
      row.owner = owner
      row.haltedReason = nil
      tables.owners[id] = row
      return Ownership(
        partition: partition, id: id, epoch: row.epoch, owner: owner, nextOffset: row.nextOffset,
        anchors: row.anchors)
    }
  }

  /// Writes the reason where the row is still ours.
  public func halt(_ ownership: Ownership, reason: String) throws(StoreFailure) {
    try transact(.halt) { (tables) throws(StoreFailure) in
      guard let row = tables.owners[ownership.id], row.epoch == ownership.epoch, row.owner == ownership.owner
      else { return }
      tables.owners[ownership.id]?.haltedReason = reason
    }
  }

  /// Writes the reason.
  public func haltStream(_ stream: StreamIdentity, reason: String) throws(StoreFailure) {
    try transact(.halt) { (tables) throws(StoreFailure) in
      tables.streams[stream.id]?.haltedReason = reason
    }
  }

  /// All positions, in the order of the partitions.
  public func positions(of stream: StreamIdentity) throws(StoreFailure) -> [PartitionPosition] {
    try transact(.ownership) { (tables) throws(StoreFailure) in
      // A stream that stands still is the reason of each of its partitions.
      let streamHalt = tables.streams[stream.id]?.haltedReason
      let owners = tables.owners.filter { $0.value.stream == stream.id }
        .sorted { $0.value.partition < $1.value.partition }
      return owners.map { id, owner in
        PartitionPosition(
          partition: owner.partition, nextOffset: owner.nextOffset,
          publishedOffset: tables.cursor(of: id).published, haltedReason: owner.haltedReason ?? streamHalt)
      }
    }
  }

  /// Raises the history after `failOver`.
  public func observeServer() throws(StoreFailure) -> String? {
    guard database.observe() else { return nil }
    let reason = "the server is another one"
    try raiseHistory(reason: reason)
    return reason
  }

  /// Writes the reason down.
  public func raiseHistory(reason: String) throws(StoreFailure) {
    try transact(.ownership) { (tables) throws(StoreFailure) in tables.histories.append(reason) }
  }

  /// Stands again, unless a fault says otherwise.
  public func reconnect() throws(StoreFailure) {
    isConnected = false
    if database.faults.next(.reconnect) != nil { throw Self.gone }
    isConnected = true
  }

  private static var gone: StoreFailure {
    StoreFailure(.disconnected(commitInDoubt: false), message: "simulated disconnect")
  }

  /// One short transaction, which waits for everyone before it.
  private func transact<Answer>(
    _ step: SimulatedFaults.Step, _ body: (inout SimulatedTables) throws(StoreFailure) -> Answer
  ) throws(StoreFailure) -> Answer {
    guard isConnected else { throw Self.gone }
    switch database.faults.next(step) {
    case nil: break
    case .disconnected, .commitLost:
      isConnected = false
      throw Self.gone
    case .failed(let kind): throw StoreFailure(kind, message: "simulated failure")
    }
    var tables = try database.acquire(session)
    do throws(StoreFailure) {
      let answer = try body(&tables)
      database.release(session, committing: tables)
      return answer
    } catch {
      database.release(session)
      throw error
    }
  }

  private static func open(
    _ sighting: StreamSighting, _ placement: Placement, in tables: inout SimulatedTables
  ) -> Result<StreamIdentity, StreamRefusal> {
    if let known = tables.streams.values.first(where: { $0.identity.topic == sighting.topic })?.identity {
      return known.mismatch(with: sighting).map { .failure($0) } ?? .success(known)
    }
    if let refusal = sighting.adoptionRefusal { return .failure(refusal) }
    let identity = StreamIdentity(
      id: Int32(tables.streams.count + 1), topic: sighting.topic, incarnation: 1,
      clusterID: sighting.clusterID, partitionCount: Int32(sighting.logRanges.count),
      placement: sighting.placement ?? placement,
      group: sighting.group)
    tables.streams[identity.id] = SimulatedStreamRow(identity: identity)
    for partition in sighting.logRanges.indices {
      tables.owners[PartitionID(Int32(tables.owners.count + 1))] = SimulatedOwnerRow(
        stream: identity.id, partition: Int32(partition), epoch: 0, owner: "", startOffset: 0, nextOffset: 0,
        anchors: Anchors())
    }
    return .success(identity)
  }
}

/// A control connection with nothing to evict.
public final class SimulatedBlockerWatch: BlockerWatch {
  /// A watch that never finds anything.
  public init() {}

  /// Finds nothing.
  public func look() throws(StoreFailure) -> [String] { [] }

  /// Stands again, unless a fault says otherwise.
  public func reconnect() throws(StoreFailure) {}
}
